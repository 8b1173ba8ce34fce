/** Exit codes of every command (README, "Exit codes"). */
export const EXIT = { ok: 0, failed: 1, usage: 2, unknown: 3, interrupted: 130 } as const
