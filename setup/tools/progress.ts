/** Says what setup does, on standard error, so that a command's own output stays clean. */
export function say(text: string): void {
  console.error(`setup: ${text}`);
}

/**
 * Says that something begins, how it goes every 15 seconds, and how long it took.
 *
 * @param detail what is known of its progress.
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
