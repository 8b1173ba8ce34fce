import type { WebSocket } from 'ws'
import type { Principal } from '../auth/door.ts'
import type { OpenSocket, SocketKeeper } from './socket-keeper.ts'

/** A message to an agent; `SERVER_MESSAGES` says which there are. */
export interface AgentMessage {
  readonly type: string
  readonly id?: string
  readonly data: object
  readonly timestamp?: string
}

export interface AgentHub {
  /** Takes over a socket that passed the gate with the token of an agent. */
  accept(ws: WebSocket, principal: Principal, remote_address: string): void
  /** False where the agent is not connected, or has not said hello yet. */
  send(agent_id: string, message: AgentMessage): boolean
  isConnected(agent_id: string): boolean
  readonly sockets: SocketKeeper<AgentSocket>
  close(): Promise<void>
}

export interface AgentSocket extends OpenSocket {
  hasHello: boolean
  /** Its first hello is being taken. */
  isGreeting: boolean
  /** Messages that are being worked on. */
  underway: number
}

export interface ViewHub {
  /** Takes over a socket that passed the gate with a token that reads. */
  accept(ws: WebSocket, principal: Principal, remote_address: string): void
  readonly sockets: SocketKeeper<ViewSocket>
  close(): Promise<void>
}

export interface ViewSocket extends OpenSocket {
  hasHello: boolean
  /** It has what changed up to here. */
  seq: number
  /** It gets what everybody gets. */
  isLive: boolean
  /** Milliseconds of `performance.now`. */
  sent_at: number
}
