type Json = Readonly<Record<string, unknown>>

/** What opens doors is not kept, wherever it was put. */
const SECRETS = ['token', 'agent_token', 'enrolment_token', 'registration_key']

/**
 * The keys of a body that its schema does not name, which newer and older agents send beside those it does.
 *
 * @param named an object with the keys that the schema names
 * @returns null when there are none
 */
export function pickOtherKeys(body: Json, named: object): Json | null {
  const other = Object.entries(body).filter(([key]) => !Object.hasOwn(named, key) && !SECRETS.includes(key))
  // not by assignment, which takes __proto__ for something else than a key
  return other.length === 0 ? null : Object.fromEntries(other)
}
