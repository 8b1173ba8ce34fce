import { ApiError, type FieldMistake } from '../protocol/api-error.ts'
import { closePeriod, type Period, readTimeOrDate } from '../protocol/period.ts'

/** Where the times stand. */
type RefusedBy = 'invalid_query' | 'invalid_body'

/**
 * `from` and `to` of a query or a body as milliseconds: `from` is in, `to` is out, and a date as `to` means the whole day (UTC).
 * @throws ApiError invalid_query, or the code that is told
 */
export function readPeriod(query: { from?: string; to?: string }, code: RefusedBy = 'invalid_query'): Period {
  const from = query.from === undefined ? undefined : readMoment('from', query.from, code)
  const to = query.to === undefined ? undefined : readMoment('to', query.to, code)
  const period = closePeriod(from, to, query.to)
  if (period === null) throw refuse({ path: 'to', problem: 'lies before from' }, code)
  return period
}

/** A time or a date (its first moment, UTC) as milliseconds. @throws ApiError invalid_query, or the code that is told */
export function readMoment(name: string, text: string, code: RefusedBy = 'invalid_query'): number {
  // a plus that was not escaped in the URL arrives as a space
  const moment = readTimeOrDate(text.replace(/ (\d{2}:?\d{2})$/, '+$1'))
  if (moment === null) {
    throw refuse({ path: name, problem: 'must be a time like 2026-03-01T12:00:00Z or a date' }, code)
  }
  return moment
}

function refuse(field: FieldMistake, code: RefusedBy): ApiError {
  return new ApiError(code, `${field.path} ${field.problem}`, { fields: [field] })
}
