/** Reports progress on standard error, which keeps the command's own output clean. */
export function say(text: string): void {
  console.error(`setup: ${text}`);
}

/**
 * Reports that a task starts, its progress every 15 seconds, and how long it took.
 *
 * @param detail appended to each progress report. Default: nothing.
 */
export async function during<T>(
  what: string,
  task: () => Promise<T>,
  detail: () => string = () => "",
): Promise<T> {
  const start = Date.now();
  const passed = () => `${Math.round((Date.now() - start) / 1000)} s`;
  say(what);
  const ticker = setInterval(() => say(`${what}: ${passed()}${detail()}`), 15_000);
  try {
    const result = await task();
    say(`${what}: done in ${passed()}`);
    return result;
  } finally {
    clearInterval(ticker);
  }
}
