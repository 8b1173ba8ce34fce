/** Milliseconds since 1970 as RFC 3339 in UTC. */
export const utcText = (time: number): string => new Date(time).toISOString()

export const utcTextOrNull = (time: number | null): string | null => (time === null ? null : utcText(time))
