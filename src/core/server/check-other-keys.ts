import { MAX_OTHER_LENGTH } from '../protocol/agents.ts'
import { ApiError } from '../protocol/api-error.ts'
import { pickOtherKeys } from '../protocol/other-keys.ts'

/**
 * Holds what a body has beside the keys of its schema against `MAX_OTHER_LENGTH`: it is kept.
 * @param named an object with the keys that the schema names
 * @throws ApiError invalid_body
 */
export function checkOtherKeys(body: Readonly<Record<string, unknown>>, named: object): void {
  const other = pickOtherKeys(body, named)
  if (other === null || JSON.stringify(other).length <= MAX_OTHER_LENGTH) return
  const problem = `has more than ${MAX_OTHER_LENGTH} characters of JSON in keys that the schema does not name`
  throw new ApiError('invalid_body', 'the body does not fit', { fields: [{ path: '', problem }] })
}
