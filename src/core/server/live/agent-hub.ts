import Type from 'typebox'
import type { RawData } from 'ws'
import type { HeartbeatAnswer, HeartbeatRequest } from '../../protocol/agents.ts'
import { ApiError } from '../../protocol/api-error.ts'
import type { CommandUpdate } from '../../protocol/commands.ts'
import {
  AGENT_MESSAGES,
  AGENT_SOCKET_PATHS,
  CLOSE_CODES,
  type CloseReason,
  MAX_INVALID_MESSAGES,
} from '../../protocol/live.ts'
import { toApiError } from '../answers.ts'
import { refuseRate } from '../gate.ts'
import type { SocketEnd } from '../presence/judge-presence.ts'
import type { Asker } from '../record-access.ts'
import type { Services } from '../services.ts'
import { type EventServices, takeEvents } from '../take-events.ts'
import {
  composeHeartbeatAnswer,
  type HeartbeatServices,
  refuseOther,
  renameHeartbeat,
  takeHeartbeat,
} from '../take-heartbeat.ts'
import type { AgentHub, AgentMessage, AgentSocket } from './hubs.ts'
import { MAX_AGENT_BUFFER_BYTES, MAX_HASTY_MESSAGES, MAX_UNDERWAY } from './live-settings.ts'
import { type ReadMessage, readMessage } from './read-message.ts'
import { keepSockets, newSocket } from './socket-keeper.ts'

export interface AgentHubCallbacks {
  /** It said hello, and was welcomed. */
  onConnected(agent_id: string): Promise<void>
  /** Resolves once it is on disk; false for a command that is none of this agent's. @throws StoreError */
  onCommandUpdate(agent_id: string, update: CommandUpdate): Promise<boolean>
}

/** Each event is named where it does not fit, as over HTTP: here they only have to be there. */
const SCHEMAS = {
  ...AGENT_MESSAGES,
  events: Type.Object({
    ...AGENT_MESSAGES.events.properties,
    data: Type.Object({ events: Type.Unsafe<unknown>({}) }, { additionalProperties: false }),
  }),
}

const rename = (type: string, data: unknown) => (type === 'heartbeat' ? renameHeartbeat(data) : data)

export type AgentHubServices = HeartbeatServices &
  EventServices &
  Pick<Services, 'live_settings' | 'requestRate' | 'log' | 'monotonic'>

/** The agents that are connected: what they say goes where their requests go. */
export function createAgentHub(services: AgentHubServices, callbacks: AgentHubCallbacks): AgentHub {
  const { live_settings, now, requestRate, presence, instruments, log } = services
  const byAgent = new Map<string, AgentSocket>()
  /** When the last sign of life of an agent was taken, whichever socket it came over. */
  const taken_at = new Map<string, number>()
  let pruned_at = performance.now()
  let isClosing = false

  const sockets = keepSockets<AgentSocket>(live_settings, now, {
    message: (socket, data, isBinary) => void receive(socket, data, isBinary),
    end(socket, why, code) {
      const agent_id = agentOf(socket)
      if (isClosing || byAgent.get(agent_id) !== socket) return
      byAgent.delete(agent_id)
      presence.disconnected(agent_id, judgeEnd(why, code))
      log.debug({ agent_id, why }, 'agent disconnected')
    },
    sweep(_, at) {
      if (at - pruned_at < live_settings.heartbeat_ms) return
      pruned_at = at
      for (const [agent_id, when] of taken_at) if (at - when > live_settings.heartbeat_ms) taken_at.delete(agent_id)
    },
  })

  const send = (socket: AgentSocket, message: AgentMessage): boolean => {
    if (socket.isOver) return false
    if (socket.ws.bufferedAmount > MAX_AGENT_BUFFER_BYTES) {
      sockets.close(socket, 'too_slow')
      return false
    }
    instruments.liveMessages.inc({ type: message.type })
    socket.ws.send(JSON.stringify(message))
    return true
  }
  const answer = (socket: AgentSocket, type: string, id: string | undefined, data: object) =>
    send(socket, { type, ...(id !== undefined && { id }), data, timestamp: new Date(now()).toISOString() })

  const refuse = (socket: AgentSocket, id: string | undefined, refusal: ApiError) => {
    answer(socket, 'error', id, refusal.toAnswer().error)
    if (!refusal.code.startsWith('invalid_')) return
    socket.invalid += 1
    if (socket.invalid >= MAX_INVALID_MESSAGES) sockets.close(socket, 'invalid_message')
  }

  const receive = async (socket: AgentSocket, data: RawData, isBinary: boolean): Promise<void> => {
    const message = readMessage(data, isBinary, SCHEMAS, rename)
    instruments.liveMessages.inc({ type: 'type' in message ? message.type : 'invalid' })
    const wait = requestRate.take(socket.principal) ?? (socket.underway < MAX_UNDERWAY ? null : 1)
    if (wait !== null) {
      socket.hasty += 1
      refuse(socket, message.id, refuseRate('too many messages of this agent', wait))
      if (socket.hasty >= MAX_HASTY_MESSAGES) sockets.close(socket, 'rate_limited')
      return
    }
    socket.hasty = 0
    if ('refusal' in message) return refuse(socket, message.id, message.refusal)
    socket.underway += 1
    try {
      await take(socket, message)
      socket.invalid = 0
    } catch (error) {
      const refusal = toApiError(error)
      if (refusal.code === 'internal') log.error({ agent_id: agentOf(socket), err: error }, 'a message failed')
      refuse(socket, message.id, refusal)
    } finally {
      socket.underway -= 1
    }
  }

  const take = async (socket: AgentSocket, message: Exclude<ReadMessage, { refusal: ApiError }>): Promise<void> => {
    const { id, type, timestamp } = message
    const agent_id = agentOf(socket)
    const { principal, remote_address } = socket
    const asker = {
      principal,
      remote_address,
      received_at: now(),
      arrived_at: services.monotonic(),
      routeOptions: { url: AGENT_SOCKET_PATHS[0] },
    }
    const told = { ...(timestamp !== undefined && { timestamp }) }
    if (!socket.hasHello && type !== 'hello') throw new ApiError('invalid_request', 'say hello first')
    switch (type) {
      case 'hello': {
        const { registration_key: _, ...facts } = message.data as HeartbeatRequest & { registration_key?: string }
        // who comes back soon may be another program, or know more than before
        const isFirst = !socket.hasHello && !socket.isGreeting
        if (isFirst) socket.isGreeting = true
        let welcome: HeartbeatAnswer
        try {
          welcome = await takeSign(asker, agent_id, { ...told, ...facts }, isFirst)
        } finally {
          if (isFirst) socket.isGreeting = false
        }
        if (isFirst) socket.hasHello = true
        if (answer(socket, 'welcome', id, welcome) && isFirst) await callbacks.onConnected(agent_id)
        return
      }
      case 'heartbeat':
        acknowledge(
          socket,
          id,
          await takeSign(asker, agent_id, { ...told, ...(message.data as HeartbeatRequest) }, false),
        )
        return
      case 'events':
        acknowledge(socket, id, await takeEvents(asker, message.data as { events: unknown }, services))
        return
      default: {
        const update = message.data as CommandUpdate
        if (!(await callbacks.onCommandUpdate(agent_id, update))) {
          throw new ApiError('not_found', 'no such command of this agent')
        }
        acknowledge(socket, id)
      }
    }
  }
  /** Of the signs of life of an agent one in a while counts; those between are answered from memory. */
  const takeSign = async (
    asker: Asker,
    agent_id: string,
    body: HeartbeatRequest,
    isWelcome: boolean,
  ): Promise<HeartbeatAnswer> => {
    const at = performance.now()
    const before = taken_at.get(agent_id)
    const isTaken = isWelcome || before === undefined || at - before >= live_settings.heartbeat_ms
    if (!isTaken) {
      await refuseOther(asker, agent_id, body.agent_id, services)
      return composeHeartbeatAnswer(agent_id, asker.received_at, services)
    }
    taken_at.set(agent_id, at)
    return takeHeartbeat(asker, body, services, 'websocket')
  }
  const acknowledge = (socket: AgentSocket, id: string | undefined, said?: object) => {
    if (id !== undefined) answer(socket, 'ack', id, said === undefined ? {} : { answer: said })
  }

  return {
    sockets,
    accept(ws, principal, remote_address) {
      const agent_id = principal.agent_id as string
      const socket: AgentSocket = {
        ...newSocket(ws, principal, remote_address),
        hasHello: false,
        isGreeting: false,
        underway: 0,
      }
      const older = byAgent.get(agent_id)
      byAgent.set(agent_id, socket)
      sockets.add(socket)
      if (older !== undefined) sockets.close(older, 'replaced')
      presence.connected(agent_id)
      log.debug({ agent_id, address: remote_address }, 'agent connected')
    },
    send(agent_id, message) {
      const socket = byAgent.get(agent_id)
      return socket?.hasHello === true && send(socket, message)
    },
    isConnected: (agent_id) => byAgent.get(agent_id)?.hasHello === true,
    close() {
      isClosing = true
      return sockets.closeAll('shutting_down')
    },
  }
}

/** @param why null where the agent ended it, with this code */
function judgeEnd(why: CloseReason | null, code: number | null): SocketEnd {
  if (why === 'silent') return 'silent'
  return code === CLOSE_CODES.going_away.code ? 'stopped' : 'disconnected'
}

const agentOf = ({ principal }: AgentSocket) => principal.agent_id as string
