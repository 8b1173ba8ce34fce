import { ApiError, type FieldMistake } from '../protocol/api-error.ts'
import { readTimestamp } from '../protocol/read-timestamp.ts'

const DATE = /^\d{4}-\d{2}-\d{2}$/
const DAY_MS = 86_400_000

interface Period {
  readonly from?: number
  readonly to?: number
}

/**
 * `from` and `to` of a query as milliseconds: `from` is in, `to` is out, and a date as `to` means the whole day (UTC).
 * @throws ApiError invalid_query
 */
export function readPeriod(query: { from?: string; to?: string }): Period {
  const from = query.from === undefined ? undefined : readMoment('from', query.from)
  const start = query.to === undefined ? undefined : readMoment('to', query.to)
  const to = start !== undefined && DATE.test(query.to as string) ? start + DAY_MS : start
  if (from !== undefined && to !== undefined && from > to) throw refuse({ path: 'to', problem: 'lies before from' })
  return { ...(from !== undefined && { from }), ...(to !== undefined && { to }) }
}

/** A time or a date (its first moment, UTC) as milliseconds. @throws ApiError invalid_query */
export function readMoment(name: string, text: string): number {
  // a plus that was not escaped in the URL arrives as a space
  const time = DATE.test(text) ? `${text}T00:00:00Z` : text.replace(/ (\d{2}:?\d{2})$/, '+$1')
  const moment = readTimestamp(time)
  if (moment === null) throw refuse({ path: name, problem: 'must be a time like 2026-03-01T12:00:00Z or a date' })
  return moment
}

function refuse(field: FieldMistake): ApiError {
  return new ApiError('invalid_query', `${field.path} ${field.problem}`, { fields: [field] })
}
