/** Reports progress on standard error. */
export function say(text: string): void {
  console.error(`bench: ${text}`);
}
