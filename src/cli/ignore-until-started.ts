/** Signals that would end a program that does not listen for them yet; the listeners stay beside those to come. */
const SIGNALS = process.platform === 'win32' ? (['SIGHUP'] as const) : (['SIGHUP', 'SIGUSR2'] as const)

/** A signal that asks for something while the service starts has come too early, and is no reason to end. */
export function ignoreUntilStarted(): void {
  for (const signal of SIGNALS) process.on(signal, () => undefined)
}
