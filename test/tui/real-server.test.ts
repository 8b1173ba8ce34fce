import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { WebSocket } from 'ws'
import { createFolder } from '../cli/run-cli.ts'
import { startTestServer, type TestServer } from '../server/start-test-server.ts'
import { openTerminal, PROGRAM, type Terminal } from './terminal.ts'

async function look(server: TestServer, scope: 'viewer' | 'admin'): Promise<Terminal> {
  const { token } = await server.makeToken(scope)
  const file = join(createFolder(), 'token')
  writeFileSync(file, token, { mode: 0o600 })
  const terminal = await openTerminal(100, 40)
  await terminal.type(`${PROGRAM} status --server ${server.url} --token-file ${file}; echo "ended $?"`)
  await terminal.shows(/live, heard/)
  return terminal
}

/** An agent that keeps its connection until it is told to drop it. */
async function connectAgent({ url }: TestServer, token: string): Promise<WebSocket> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/ws/agent`, {
    headers: { authorization: `Bearer ${token}` },
  })
  onTestFinished(() => socket.terminate())
  await once(socket, 'open')
  const welcome = once(socket, 'message')
  socket.send(JSON.stringify({ type: 'hello', id: '1', data: { name: 'Harbour', heartbeat_interval_seconds: 30 } }))
  await welcome
  return socket
}

const PRINTER = {
  serial: 'SN1',
  ip: '10.0.0.7',
  manufacturer: 'Kyocera',
  model: 'ECOSYS P3145dn',
  status: 'idle',
  page_count: 48_213,
  supplies: [{ index: 1, kind: 'toner', color: 'black', name: 'TK-3160', level: { state: 'percent', percent: 9 } }],
  trays: [{ index: 1, name: 'Cassette 1', media: 'A4', level: { state: 'percent', percent: 50 } }],
  alerts: [],
}

test('the real server: an agent drops and is offline on the screen; a printer with its supplies; a command', async () => {
  const server = await startTestServer()
  const { token, agent_id } = await server.enrol()
  const agent = await connectAgent(server, token)
  const terminal = await look(server, 'admin')
  const body = { devices: [{ ...PRINTER, sampled_at: new Date().toISOString() }] }
  expect((await server.call('/api/v1/devices/batch', { token, body })).status).toBe(200)
  await terminal.shows(/Agents +1: 1 active/)
  await terminal.shows(/critical +printer +Kyocera ECOSYS P3145dn .*lowest supply 9%/)
  const metrics = [{ ...PRINTER, sampled_at: new Date().toISOString() }]
  expect((await server.call('/api/v1/metrics/batch', { token, body: { metrics } })).status).toBe(200)
  await terminal.press('3')
  await terminal.shows(/1 printer by supply/)
  await terminal.press('Enter')
  await terminal.shows(/^black toner +▇+▁+ +9%$/m)
  await terminal.shows(/^Cassette 1 \(A4\) +▇+▁+ +50%$/m)
  await terminal.shows(/page count 48,213/)
  const command = once(agent, 'message')
  await terminal.press('2')
  await terminal.shows(/\[2 Agents\]/)
  await terminal.press('Enter')
  await terminal.shows(/Printers: 1/)
  await terminal.shows(/^Agent +Harbour/m)
  await terminal.press('c', 'y')
  await terminal.shows(/Asked Harbour to scan now\./)
  const [bytes] = await command
  expect(JSON.parse(String(bytes))).toMatchObject({ type: 'command', data: { kind: 'scan_now' } })
  await terminal.shows(/^Commands +scan now/m)
  await terminal.press('2')
  await terminal.shows(/Harbour +active/)
  const began = performance.now()
  agent.terminate()
  await terminal.shows(/Harbour +offline/)
  expect(performance.now() - began).toBeLessThan(8000)
  expect(await terminal.capture(true)).toMatch(/\u001b\[[\d;]*31m[^\n]*offline/)
  expect((await server.store.listCommands(agent_id, 5)).length).toBe(1)
  await terminal.press('q')
  await terminal.shows(/^ended 0$/m)
})

test('a viewer token may look only; when it is revoked, the view says so', async () => {
  const server = await startTestServer()
  await server.enrol()
  const terminal = await look(server, 'viewer')
  await terminal.press('2')
  await terminal.shows(/\[2 Agents\]/)
  await terminal.press('c', 'y')
  await terminal.shows(/This token may only look\./)
  const tokens = await server.store.listTokens(Date.now())
  const { token_id } = tokens.find(({ scope }) => scope === 'viewer') as (typeof tokens)[number]
  await server.store.revokeToken(token_id, { type: 'local', id: 'tester', ip_address: null }, Date.now())
  await terminal.shows(/The server refuses the token\. What is shown is/)
  await terminal.press('q')
  await terminal.shows(/^ended 0$/m)
})
