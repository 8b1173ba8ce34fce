import { copyFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { FastClock } from '../../fast-clock.ts'
import { createDirectory, startTestServer } from '../../server/start-test-server.ts'
import { optionsFor, playFleet } from './fleet.ts'
import { startLogged } from './run-site.ts'

const health = { address: '127.0.0.1', port: 0 }
const waiting = { timeout: 60_000, interval: 10 }

test('a journal that is moved away shows on the health page, and one that is put back as well', {
  timeout: 120_000,
}, async () => {
  const clock = new FastClock(300)
  const { player, addresses } = await playFleet('127.82.4.', 3, { speed: 1, now: () => clock.now() })
  onTestFinished(() => player.close())
  const journal = join(createDirectory(), 'agent', 'journal.db')
  const { uplink: _, ...options } = optionsFor({
    ...{ journal, targets: addresses, port: player.port, url: '', enrolment: null },
    interval: 60,
  })
  const agent = await startLogged({ ...options, uplink: null, health }, clock)
  const ask = async (path: string) => {
    const answer = await fetch(`${agent.healthUrl}${path}`)
    return { status: answer.status, body: await answer.text() }
  }
  await vi.waitFor(() => expect(agent.facts().printers.online).toBe(3), waiting)
  expect(await ask('/healthz')).toEqual({ status: 200, body: '{"status":"ok"}' })
  renameSync(journal, `${journal}.away`)
  await vi.waitFor(async () => expect((await ask('/healthz')).status).toBe(503), waiting)
  expect(JSON.parse((await ask('/status')).body).journal.state).toBe('unavailable')
  // another file in its place is not this journal
  copyFileSync(`${journal}.away`, journal)
  const complaints = () => agent.lines.filter(({ level }) => level === 'error')
  await clock.sleep(120_000, new AbortController().signal)
  expect((await ask('/healthz')).status).toBe(503)
  expect(complaints()).toHaveLength(1)
  expect(complaints()[0]?.message).toContain(`the journal ${journal} was removed or replaced`)
  renameSync(`${journal}.away`, journal)
  await vi.waitFor(async () => expect((await ask('/healthz')).status).toBe(200), waiting)
  expect(JSON.parse((await ask('/status')).body).journal.state).toBe('taking')
})

test('the figures for Prometheus are those of /status, and a time that is not known yet is left out', {
  timeout: 120_000,
}, async () => {
  const clock = new FastClock(300)
  const server = await startTestServer({ now: () => clock.now() })
  const { token } = await server.makeToken('enrolment')
  const { player, addresses } = await playFleet('127.82.5.', 2, { speed: 1, now: () => clock.now() })
  onTestFinished(() => player.close())
  const journal = join(createDirectory(), 'agent', 'journal.db')
  const setup = { journal, targets: addresses, port: player.port, url: server.url, enrolment: token, interval: 60 }
  const { uplink, ...rest } = optionsFor(setup)
  // so seldom that what was read does not change before it is compared
  const seldom = { ...uplink, heartbeat_interval_seconds: 600, upload_interval_seconds: 600 }
  const options = { ...rest, uplink: seldom, health }
  const agent = await startLogged({ ...options, uplink: null }, clock)
  const readFigures = async () => {
    const text = await (await fetch(`${agent.healthUrl}/metrics`)).text()
    const lines = text.split('\n').filter((line) => line.startsWith('printmaster_agent_'))
    return new Map(lines.map((line) => line.split(' ') as [string, string]))
  }
  const alone = await readFigures()
  expect(alone.has('printmaster_agent_last_heartbeat_timestamp_seconds')).toBe(false)
  expect(alone.has('printmaster_agent_last_upload_timestamp_seconds')).toBe(false)
  expect(alone.get('printmaster_agent_journal_events_dropped_total')).toBe('0')
  expect(alone.get('printmaster_agent_uplink_connected')).toBe('0')

  await agent.reload(options)
  await vi.waitFor(() => expect(agent.facts().uplink.last_upload).not.toBeNull(), waiting)
  await vi.waitFor(() => expect(agent.facts().discovery.last).not.toBeNull(), waiting)
  await vi.waitFor(async () => {
    const { uplink, discovery } = agent.facts()
    const figures = await readFigures()
    const seconds = [uplink.last_heartbeat, uplink.last_upload, discovery.last].map(
      (time) => Date.parse(`${time}`) / 1000,
    )
    expect(
      ['heartbeat', 'upload', 'discovery'].map((what) =>
        Number(figures.get(`printmaster_agent_last_${what}_timestamp_seconds`)),
      ),
    ).toEqual(seconds)
    expect(figures.get('printmaster_agent_printers_online')).toBe('2')
    expect(figures.get('printmaster_agent_uplink_connected')).toBe('1')
  }, waiting)
})
