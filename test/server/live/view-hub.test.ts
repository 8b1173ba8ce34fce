import { randomUUID } from 'node:crypto'
import { expect, onTestFinished, test } from 'vitest'
import { startServer } from '../../../src/core/server/start-server.ts'
import { startFaultProxy } from '../../fault-proxy.ts'
import { LOCAL, shareTestServer, startTestServer, type TestServer } from '../start-test-server.ts'
import { type Message, openSocket, type TestSocket } from './open-socket.ts'

const shared = shareTestServer()

async function openView(server: TestServer, hello: object = {}): Promise<TestSocket> {
  const { token } = await server.makeToken('viewer')
  const view = await openSocket(server.url, '/ws/ui', { token })
  view.send('hello', hello)
  return view
}

async function upload(server: TestServer, token: string, serials: readonly string[], more: object = {}) {
  const metrics = serials.map((serial) => ({ serial, manufacturer: 'HP', page_count: 1, status: 'idle', ...more }))
  const answer = await server.call('/api/v1/metrics/batch', {
    token,
    body: { journal_id: randomUUID(), seq: 1, metrics },
  })
  expect(answer.status).toBe(200)
}

/** What a view shows, kept as a client keeps it. */
function createScreen(view: TestSocket) {
  // biome-ignore lint/suspicious/noExplicitAny: rows of the wire
  const devices = new Map<string, any>()
  // biome-ignore lint/suspicious/noExplicitAny: rows of the wire
  const agents = new Map<string, any>()
  let seq = 0
  let snapshots = 0
  const apply = ({ type, data }: Message) => {
    if (type === 'snapshot' || type === 'changes') {
      for (const device of data.devices) devices.set(device.device_id, device)
      for (const agent of data.agents) agents.set(agent.agent_id, agent)
      seq = data.seq
    }
    if (type === 'snapshot') snapshots += 1
    for (const id of data.gone_devices ?? []) devices.delete(id)
  }
  view.ws.on('message', (bytes) => apply(JSON.parse(String(bytes))))
  for (const message of view.messages) apply(message)
  return {
    devices,
    agents,
    get seq() {
      return seq
    },
    get snapshots() {
      return snapshots
    },
  }
}

test('hello is answered by a snapshot with its sequence number, then come changes, each row whole', async () => {
  const server = shared()
  const { agent_id, token } = await server.enrol()
  await upload(server, token, ['V1'])
  const view = await openView(server)
  const snapshot = await view.next('snapshot')
  expect(snapshot.data).toMatchObject({ is_last: false })
  const screen = createScreen(view)
  await expect.poll(() => [...screen.devices.values()].map(({ serial }) => serial)).toContain('V1')
  await upload(server, token, ['V1'], { page_count: 7 })
  await expect
    .poll(() => [...screen.devices.values()].find(({ serial }) => serial === 'V1'))
    .toMatchObject({ page_count: 7, agent_id, manufacturer: 'HP' })
  expect(screen.seq).toBeGreaterThan(snapshot.data.seq)
  const listed = await server.call('/api/v1/devices?serial=V1', { token: (await server.makeToken('viewer')).token })
  expect([...screen.devices.values()].find(({ serial }) => serial === 'V1')).toEqual(listed.body.devices[0])
})

test('heartbeats, presence and registrations come as changes of agents', async () => {
  const server = shared()
  const view = await openView(server)
  const screen = createScreen(view)
  const { agent_id, token } = await server.enrol()
  await expect.poll(() => screen.agents.get(agent_id)?.status, { timeout: 5000 }).toBe('offline')
  const socket = await openSocket(server.url, '/ws/agent', { token })
  socket.send('hello', { hostname: 'told' })
  await expect
    .poll(() => screen.agents.get(agent_id), { timeout: 5000 })
    .toMatchObject({ status: 'active', status_reason: null, connection: 'websocket', hostname: 'told' })
  socket.ws.close()
  await expect
    .poll(() => screen.agents.get(agent_id), { timeout: 5000 })
    .toMatchObject({ status: 'offline', status_reason: 'disconnected' })
})

test('who was there before resumes behind its number, without a snapshot', async () => {
  const server = shared()
  const { token } = await server.enrol()
  await upload(server, token, ['R1', 'R2'])
  const first = await openView(server)
  const before = createScreen(first)
  await expect.poll(() => before.devices.size).toBeGreaterThanOrEqual(2)
  await expect.poll(() => first.messages.some(({ data }) => data.is_last)).toBe(true)
  const after_seq = before.seq
  first.ws.close()
  await upload(server, token, ['R2'], { page_count: 2 })
  const again = await openView(server, { after_seq })
  const { data } = await again.next('changes')
  expect(data.devices).toMatchObject([{ serial: 'R2', page_count: 2 }])
  expect(data.seq).toBeGreaterThan(after_seq)
  // nothing new is told as well: it knows that it is where all are
  const third = await openView(server, { after_seq: data.seq })
  expect((await third.next('changes')).data).toMatchObject({ devices: [], gone_devices: [] })
  await upload(server, token, ['R1'], { page_count: 3 })
  expect((await third.next('changes')).data.devices).toMatchObject([{ serial: 'R1', page_count: 3 }])
  expect(third.messages.filter(({ type }) => type === 'snapshot')).toEqual([])
})

test('a number that the database never gave is answered by a snapshot', async () => {
  const view = await openView(shared(), { after_seq: 10_000_000 })
  expect((await view.next('snapshot')).data.agents).toBeInstanceOf(Array)
  expect(view.messages.filter(({ type }) => type === 'changes')).toEqual([])
})

test('snapshot and the changes behind it join without a gap while batches come in', async () => {
  const server = await startTestServer()
  const { token } = await server.enrol()
  const serials = Array.from({ length: 2500 }, (_, i) => `G${i}`)
  for (let i = 0; i < 2500; i += 500) await upload(server, token, serials.slice(i, i + 500))
  let done = false
  let round = 1
  const write = async (): Promise<void> => {
    round += 1
    const some = serials.filter((_, i) => i % 7 === round % 7)
    await upload(server, token, [...some, `NEW${round}`], { page_count: round })
    if (!done) return write()
  }
  const writing = write()
  const screens: ReturnType<typeof createScreen>[] = []
  for (let i = 0; i < 6; i++) {
    const view = await openView(server)
    await view.next('snapshot')
    // what `next` took is of agents alone
    screens.push(createScreen(view))
  }
  await expect.poll(() => screens.every(({ devices }) => devices.size > 2500), { timeout: 20_000 }).toBe(true)
  done = true
  await writing
  const shown = (devices: Iterable<{ serial: string; page_count: number }>) =>
    [...devices].map(({ serial, page_count }) => `${serial} ${page_count}`).toSorted()
  const all = []
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page = await server.store.listDevices({ limit: 1000, ...(cursor && { cursor }) })
    all.push(...page.items)
    cursor = page.next_cursor
  }
  const wanted = shown(all as never)
  expect(wanted.length).toBe(2500 + round - 1)
  for (const { devices } of screens) {
    await expect.poll(() => shown(devices.values()), { timeout: 10_000 }).toEqual(wanted)
  }
  expect(screens.map(({ snapshots }) => snapshots)).toEqual(Array(6).fill(screens[0]?.snapshots))
})

test('a device that was merged into another one is told to be gone', async () => {
  const server = shared()
  const { token } = await server.enrol()
  const body = (metrics: object[]) => ({ journal_id: randomUUID(), seq: 1, metrics })
  const bring = (...metrics: object[]) => server.call('/api/v1/metrics/batch', { token, body: body(metrics) })
  const view = await openView(server)
  const screen = createScreen(view)
  await bring({ manufacturer: 'HP', serial: 'MERGE1' }, { mac_address: '00:11:22:33:44:55' })
  const isMerge = (device: { serial: string | null; mac_address: string | null }) =>
    device.serial === 'MERGE1' || device.mac_address === '00:11:22:33:44:55'
  await expect.poll(() => [...screen.devices.values()].filter(isMerge).length).toBe(2)
  await bring({ manufacturer: 'HP', serial: 'MERGE1', mac_address: '00:11:22:33:44:55' })
  await expect
    .poll(() => [...screen.devices.values()].filter(isMerge))
    .toMatchObject([{ serial: 'MERGE1', mac_address: '00:11:22:33:44:55' }])
})

test('changes come at most once in the time that gathers them, for all views the same', async () => {
  const server = await startTestServer({ live: { gather_ms: 400 } })
  const { token } = await server.enrol()
  const views = [await openView(server), await openView(server)]
  for (const view of views) await view.next('snapshot')
  const times: number[][] = views.map(() => [])
  views.forEach((view, i) => {
    view.ws.on('message', (bytes) => {
      if (JSON.parse(String(bytes)).type === 'changes') times[i]?.push(performance.now())
    })
  })
  const screen = createScreen(views[0] as TestSocket)
  const began = performance.now()
  let sent = 0
  while (performance.now() - began < 1500) await upload(server, token, [`C${++sent}`])
  await expect.poll(() => screen.devices.size).toBe(sent)
  const taken = times[0] as number[]
  const gaps = taken.slice(1).map((time, i) => time - (taken[i] as number))
  // messages may be late on their way, but no more of them than gathered times
  expect(taken.length).toBeLessThanOrEqual((performance.now() - began) / 400 + 2)
  expect(gaps.length).toBeGreaterThan(0)
  await expect.poll(() => times[1]?.length).toBe(taken.length)
})

test('without a change it hears that the server is alive', async () => {
  const server = await startTestServer({ live: { sweep_ms: 50, alive_ms: 300 } })
  const view = await openView(server)
  expect(Date.parse((await view.next('alive')).data.server_time)).toBeGreaterThan(Date.now() - 60_000)
  await view.next('alive')
})

test('a reader that is too slow is dropped, and the others go on', async () => {
  const server = await startTestServer({
    live: { view_buffer_bytes: 64 * 1024, closing_ms: 500, slow_closing_ms: 500 },
  })
  const { token } = await server.enrol()
  const [slow, quick] = [await openView(server), await openView(server)]
  const screen = createScreen(quick)
  for (const view of [slow, quick]) await expect.poll(() => view.messages.some(({ data }) => data.is_last)).toBe(true)
  slow.ws.pause()
  const views = async () => /printmaster_ui_connections (\d+)/.exec((await server.call('/metrics')).text)?.[1]
  const serials = Array.from({ length: 1000 }, (_, i) => `SLOW${i}`)
  let round = 0
  while ((await views()) === '2') {
    round += 1
    if (round > 200) throw new Error('a view that reads nothing was kept')
    await upload(server, token, serials, { page_count: round })
  }
  expect(await views()).toBe('1')
  await expect
    .poll(() => new Set([...screen.devices.values()].map(({ page_count }) => page_count)))
    .toEqual(new Set([round]))
  slow.ws.resume()
  expect([1006, 4508]).toContain((await slow.closed).code)
})

test('one that is only late is told 4508 before it is dropped', async () => {
  const server = await startTestServer({ live: { view_buffer_bytes: 64 * 1024, closing_ms: 500 } })
  const { token } = await server.enrol()
  const [slow, quick] = [await openView(server), await openView(server)]
  const screen = createScreen(quick)
  for (const view of [slow, quick]) await expect.poll(() => view.messages.some(({ data }) => data.is_last)).toBe(true)
  slow.ws.pause()
  const sent = async () => {
    const { text } = await server.call('/metrics')
    const all = /printmaster_live_messages_total{type="changes"} (\d+)/.exec(text)?.[1]
    return Number(all) - quick.messages.filter(({ type }) => type === 'changes').length
  }
  const serials = Array.from({ length: 1000 }, (_, i) => `LATE${i}`)
  const counts = [await sent()]
  // until nothing is sent to it any more
  while (new Set(counts.slice(-4)).size > 1 || counts.length < 5) {
    if (counts.length > 200) throw new Error('a view that reads nothing is still sent to')
    const page_count = counts.length
    await upload(server, token, serials, { page_count })
    await expect.poll(() => screen.devices.values().every((device) => device.page_count === page_count)).toBe(true)
    counts.push(await sent())
  }
  slow.ws.resume()
  expect(await slow.closed).toEqual({ code: 4508, reason: 'too_slow' })
})

/** Changes rows again and again until the one view that there is gets no more of it: it was dropped. */
async function overfill(server: TestServer, prefix: string) {
  const { token } = await server.enrol()
  const serials = Array.from({ length: 1000 }, (_, i) => `${prefix}${i}`)
  const sent = async () =>
    /printmaster_live_messages_total{type="changes"} (\d+)/.exec((await server.call('/metrics')).text)?.[1]
  const counts: (string | undefined)[] = []
  while (new Set(counts.slice(-4)).size > 1 || counts.length < 5) {
    if (counts.length > 200) throw new Error('a view that reads nothing is still sent to')
    await upload(server, token, serials, { page_count: counts.length })
    counts.push(await sent())
  }
}

test('one on a slow line is told 4508, however long it takes to read what waits before that', async () => {
  const server = await startTestServer({ live: { view_buffer_bytes: 64 * 1024, closing_ms: 300 } })
  const line = await startFaultProxy(Number(new URL(server.url).port))
  onTestFinished(() => line.close())
  line.set({ bytes_per_second: 500_000 })
  const slow = await openSocket(line.url, '/ws/ui', { token: (await server.makeToken('viewer')).token })
  slow.send('hello')
  await expect.poll(() => slow.messages.some(({ data }) => data.is_last)).toBe(true)
  await overfill(server, 'LINE')
  expect(slow.ws.readyState).toBe(slow.ws.OPEN)
  expect(await slow.closed).toEqual({ code: 4508, reason: 'too_slow' })
})

test('a server that stops waits for no slow reader', async () => {
  const server = await startTestServer({ live: { view_buffer_bytes: 64 * 1024, closing_ms: 300 } })
  const stuck = await openView(server)
  await expect.poll(() => stuck.messages.some(({ data }) => data.is_last)).toBe(true)
  stuck.ws.pause()
  await overfill(server, 'STUCK')
  const began = performance.now()
  await server.server.close()
  expect(performance.now() - began).toBeLessThan(5000)
})

test('a viewer whose token is revoked is closed, within a second', async () => {
  const server = shared()
  const { token, token_id } = await server.makeToken('viewer')
  const view = await openSocket(server.url, '/ws/ui', { token })
  view.send('hello')
  await view.next('snapshot')
  const began = performance.now()
  await server.store.revokeToken(token_id, LOCAL, Date.now())
  expect(await view.closed).toEqual({ code: 4401, reason: 'token_refused' })
  expect(performance.now() - began).toBeLessThan(1500)
})

test('so is one that came by a ticket, when its token expires', async () => {
  let now = Date.now()
  const server = await startTestServer({ now: () => now, live: { sweep_ms: 50 } })
  const { token } = await server.makeToken('viewer', { expires_at: now + 60_000 })
  const { ticket } = (await server.call('/api/v1/ws/ticket', { token, method: 'POST' })).body
  const view = await openSocket(server.url, '/ws/ui', { protocols: ['printmaster', `printmaster.ticket.${ticket}`] })
  view.send('hello')
  await view.next('snapshot')
  now += 60_000
  expect((await view.closed).code).toBe(4401)
})

test('what does not fit is answered with its paths; ten in a row end the connection', async () => {
  const server = shared()
  const { token } = await server.makeToken('viewer')
  const view = await openSocket(server.url, '/ws/ui', { token })
  view.send('hello', { after_seq: 'two' }, 'x')
  const error = await view.answer('x')
  expect(error.data).toMatchObject({ code: 'invalid_body', details: { fields: [{ path: '/data/after_seq' }] } })
  view.send('hello')
  await view.next('snapshot')
  for (let i = 0; i < 10; i++) view.send('hello')
  expect((await view.closed).code).toBe(4400)
})

test('a restart of the server takes nothing from a view that resumes', async () => {
  const server = await startTestServer()
  const { token } = await server.enrol()
  const view = await openView(server)
  const screen = createScreen(view)
  await upload(server, token, ['X1'])
  await expect.poll(() => screen.devices.size).toBe(1)
  const after_seq = screen.seq
  await server.server.close()
  expect((await view.closed).code).toBe(1012)
  const silent = { error: () => {}, warn: () => {}, info: () => {}, debug: () => {} }
  const again = await startServer(server.options, { log: silent, now: Date.now })
  onTestFinished(() => again.close())
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const body = JSON.stringify({ metrics: [{ serial: 'X2' }] })
  expect((await fetch(`${again.url}/api/v1/metrics/batch`, { method: 'POST', headers, body })).status).toBe(200)
  const next = await openSocket(again.url, '/ws/ui', { token: (await server.makeToken('viewer')).token })
  next.send('hello', { after_seq })
  expect((await next.next('changes')).data.devices).toMatchObject([{ serial: 'X2' }])
  expect(next.messages.filter(({ type }) => type === 'snapshot')).toEqual([])
})
