import Type from 'typebox'
import { closed } from './kinds.ts'

export const HealthSchema = Type.Object(
  {
    status: Type.Unsafe<'ok' | 'failing'>({ type: 'string', enum: ['ok', 'failing'] }),
    database: Type.Unsafe<'connected' | 'unavailable'>({ type: 'string', enum: ['connected', 'unavailable'] }),
    uptime: Type.Integer({ description: 'seconds since the start' }),
  },
  { ...closed, title: 'Health' },
)
export type Health = Type.Static<typeof HealthSchema>

export const ReadySchema = Type.Object(
  { ready: Type.Boolean(), agents_connected: Type.Integer({ description: 'agents whose status is active' }) },
  { ...closed, title: 'Ready' },
)
export type Ready = Type.Static<typeof ReadySchema>
