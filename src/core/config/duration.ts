const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800, y: 31_536_000 }

/** Seconds of a time such as `90s`, `30m`, `12h`, `7d`, `4w` or `1y`; null for what is none. */
export function parseDuration(text: string): number | null {
  const [, number = '', unit = ''] = /^(\d{1,9})([smhdwy])$/i.exec(text) ?? []
  return number === '' ? null : Number(number) * (UNITS[unit.toLowerCase()] as number)
}

/** The same time in the largest unit that has no remainder: `90s`, `5m`, `1h`, `30d`. */
export function formatDuration(seconds: number): string {
  const fitting = ['d', 'h', 'm'].find((unit) => seconds > 0 && seconds % (UNITS[unit] as number) === 0) ?? 's'
  return `${seconds / (UNITS[fitting] as number)}${fitting}`
}
