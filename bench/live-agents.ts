import { WebSocket } from 'ws'
import { waitToReconnect } from '../src/core/agent/live/reconnect-wait.ts'
import type { AgentsOrder, AgentsReport } from './live-orders.ts'

/**
 * Many agents in one process, as far as a server sees of them: each holds a socket, says hello, sends a heartbeat at its
 * interval, spread over it, and comes back after a random wait when the socket is cut. Started by the bench, which talks to
 * it by messages between processes.
 */

const DIALS_AT_ONE_TIME = 200

interface SimulatedAgent {
  readonly token: string
  ws: WebSocket | null
  failures: number
  stays_away: boolean
  heartbeats: NodeJS.Timeout | null
}

const report = (message: AgentsReport) => process.send?.(message)
let agents: SimulatedAgent[] = []
let address = ''
let heartbeat_ms = 0
let open = 0
let dialling = 0
const queue: SimulatedAgent[] = []

function dialNext(): void {
  while (dialling < DIALS_AT_ONE_TIME) {
    const agent = queue.shift()
    if (agent === undefined) return
    dialling += 1
    dial(agent)
  }
}

function dial(agent: SimulatedAgent): void {
  const ws = new WebSocket(address, ['printmaster'], {
    headers: { authorization: `Bearer ${agent.token}` },
    perMessageDeflate: false,
  })
  agent.ws = ws
  let isOpen = false
  let isSettled = false
  const settle = () => {
    if (isSettled) return
    isSettled = true
    dialling -= 1
    dialNext()
  }
  ws.on('open', () => ws.send(JSON.stringify({ type: 'hello', id: 'hello', data: { version: '0.1.0' } })))
  ws.on('message', (data) => {
    if (isOpen || !String(data).includes('"welcome"')) return
    isOpen = true
    agent.failures = 0
    open += 1
    settle()
    report({ kind: 'open', count: open, index: agents.indexOf(agent), at: Date.now() })
    agent.heartbeats = setTimeout(() => beat(agent), Math.random() * heartbeat_ms)
  })
  ws.on('error', () => undefined)
  ws.on('close', () => {
    settle()
    if (isOpen) {
      open -= 1
      report({ kind: 'closed', count: open, index: agents.indexOf(agent), at: Date.now() })
    }
    if (agent.heartbeats !== null) clearTimeout(agent.heartbeats)
    agent.failures += 1
    if (agent.stays_away) return
    setTimeout(
      () => {
        queue.push(agent)
        dialNext()
      },
      waitToReconnect(agent.failures, null, Math.random),
    )
  })
}

function beat(agent: SimulatedAgent): void {
  agent.ws?.send(JSON.stringify({ type: 'heartbeat', id: 'beat', data: { status: 'active', queue_length: 0 } }))
  agent.heartbeats = setTimeout(() => beat(agent), heartbeat_ms)
}

process.on('message', (order: AgentsOrder) => {
  switch (order.kind) {
    case 'connect':
      address = order.address
      heartbeat_ms = order.heartbeat_ms
      agents = order.tokens.map((token) => ({ token, ws: null, failures: 0, stays_away: false, heartbeats: null }))
      queue.push(...agents)
      dialNext()
      return
    case 'drop': {
      const agent = agents[order.index]
      if (agent === undefined) return
      agent.stays_away = true
      // no close frame, as when its process is killed
      agent.ws?.terminate()
      report({ kind: 'dropped', index: order.index, at: Date.now() })
      return
    }
    case 'return': {
      const agent = agents[order.index]
      if (agent === undefined) return
      agent.stays_away = false
      queue.push(agent)
      dialNext()
    }
  }
})
process.on('disconnect', () => process.exit(0))
