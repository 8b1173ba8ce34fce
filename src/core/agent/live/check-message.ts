import type { Static } from 'typebox'
import { Compile } from 'typebox/compile'
import { SERVER_MESSAGES } from '../../protocol/live.ts'

type Messages = typeof SERVER_MESSAGES
type Type = keyof Messages
export type ServerMessage = { [T in Type]: Static<Messages[T]> }[Type]

const validators = Object.fromEntries(
  Object.entries(SERVER_MESSAGES).map(([type, schema]) => [type, Compile(schema)]),
) as unknown as Record<Type, { Check(value: unknown): boolean }>

/** What a server said; null for what does not fit, `unknown` for a word of a newer server. */
export function checkServerMessage(message: unknown): ServerMessage | 'unknown' | null {
  if (typeof message !== 'object' || message === null || !('type' in message)) return null
  const { type } = message
  if (typeof type !== 'string') return null
  if (!Object.hasOwn(validators, type)) return 'unknown'
  return validators[type as Type].Check(message) ? (message as ServerMessage) : null
}
