import { describe, expect, it, vi } from 'vitest'
import { openJournal } from '../../../src/core/agent/journal/open-journal.ts'
import { systemClock } from '../../../src/core/lifecycle/clock.ts'
import { countScans, openCommandSite } from './site-with-commands.ts'

const whole = { timeout: 120_000 }
const until = <T>(check: () => T | Promise<T>) => vi.waitFor(check, { timeout: 30_000, interval: 20 })

describe('commands to an agent', () => {
  it('scan its own targets or a part of them, and nothing beside them', whole, async () => {
    const site = await openCommandSite('127.84.1.', 3)
    await site.start()
    await site.connected()
    await until(() => expect(site.agent().facts().discovery.is_running).toBe(false))
    const all = await site.ends(await site.ask({ kind: 'scan_now' }))
    expect(all).toMatchObject({ state: 'succeeded', result: { printers: 3, asked: 3 } })
    const part = await site.ends(await site.ask({ kind: 'scan_now', params: { targets: ['127.84.1.2-3'] } }))
    expect(part).toMatchObject({ state: 'succeeded', result: { printers: 2, asked: 2 } })
    const beside = [
      { targets: ['127.84.1.1-5'], named: '127.84.1.4' },
      { targets: ['127.84.1.1', '10.0.0.0/8'], named: '10.0.0.1' },
      { targets: ['localhost'], named: 'names are not looked up' },
    ]
    await until(async () => expect(await countScans(site)).toBe(2))
    for (const { targets, named } of beside) {
      const refused = await site.ends(await site.ask({ kind: 'scan_now', params: { targets } }))
      expect(refused.state).toBe('refused')
      expect(refused.message).toContain(named)
    }
    expect((await site.ends(await site.ask({ kind: 'scan_now' }))).state).toBe('succeeded')
    await until(async () => expect(await countScans(site)).toBeGreaterThan(2))
    expect(await countScans(site)).toBe(3)
  })

  it('scan while a discovery is running: the whole joins it, a part waits for it', whole, async () => {
    // the addresses where nobody is make it long
    const site = await openCommandSite('127.84.7.', 3, ['127.84.7.1-3', '127.85.0.0/19'])
    await site.start()
    await site.connected()
    const part = await site.ask({ kind: 'scan_now', params: { targets: ['127.84.7.1-2'] } })
    const all = await site.ask({ kind: 'scan_now' })
    const beside = await site.ask({ kind: 'scan_now', params: { targets: ['127.84.7.4'] } })
    expect(site.agent().facts().discovery.is_running).toBe(true)
    expect(await site.ends(all)).toMatchObject({
      state: 'succeeded',
      percent: 100,
      message: 'a discovery was running already: this is what came of it',
      result: { printers: 3, asked: 8193 },
    })
    expect(await site.ends(part)).toMatchObject({
      state: 'succeeded',
      message: null,
      result: { printers: 2, asked: 2 },
    })
    expect(await site.ends(beside)).toMatchObject({ state: 'refused' })
    await until(async () => expect(await countScans(site)).toBe(1))
  })

  it('read one printer now; one that is not watched is refused', whole, async () => {
    const site = await openCommandSite('127.84.2.', 2)
    await site.start()
    await site.connected()
    await until(() => expect(site.agent().facts().printers.online).toBe(2))
    const { items } = await site.server.store.listDevices({ limit: 10, ip: '127.84.2.2' })
    const device_id = items[0]?.device_id ?? ''
    const count = async () =>
      (await site.server.store.listMetrics({ device_id, limit: 100, resolution: 'raw' }))?.items.length
    const before = (await count()) ?? 0
    const read = await site.ends(await site.ask({ kind: 'read_device', params: { ip: '127.84.2.2' } }))
    expect(read).toMatchObject({ state: 'succeeded', result: { printers: [{ ip: '127.84.2.2', answered: true }] } })
    if (device_id !== '') await until(async () => expect(await count()).toBeGreaterThan(before))
    const nobody = await site.ends(await site.ask({ kind: 'read_device', params: { ip: '127.84.2.9' } }))
    expect(nobody).toMatchObject({ state: 'refused', message: 'this agent watches no printer there' })
  })

  it('send diagnostics without a secret, and read config again where they can', whole, async () => {
    const site = await openCommandSite('127.84.3.', 1)
    const reloadConfig = vi.fn<() => Promise<string | null>>()
    reloadConfig.mockResolvedValueOnce(null).mockResolvedValueOnce('[scan] targets: no such thing')
    await site.start({ reloadConfig })
    await site.connected()
    const { result, state } = await site.ends(await site.ask({ kind: 'send_diagnostics' }))
    expect(state).toBe('succeeded')
    expect(result).toMatchObject({
      facts: { uplink: { channel: 'websocket' } },
      versions: { node: process.version },
      config: { watch: { addresses: 1 }, uplink: { enrolment_token: true } },
      quarantined: [],
    })
    expect(JSON.stringify(result)).not.toMatch(/pm_(agent|enrolment)_[A-Za-z0-9]/)
    expect((result as { log: { message: string }[] }).log.map(({ message }) => message)).toContain(
      'the server takes readings',
    )
    expect(await site.ends(await site.ask({ kind: 'reload_config' }))).toMatchObject({ state: 'succeeded' })
    expect(await site.ends(await site.ask({ kind: 'reload_config' }))).toMatchObject({
      state: 'failed',
      message: 'config stays as it was: [scan] targets: no such thing',
    })
    await site.agent().close()
    await site.start()
    await site.connected()
    expect(await site.ends(await site.ask({ kind: 'reload_config' }))).toMatchObject({ state: 'refused' })
  })

  it('survive a restart of the server: none is lost, none is done twice', whole, async () => {
    const site = await openCommandSite('127.84.4.', 1)
    await site.start()
    await site.connected()
    await until(() => expect(site.agent().facts().discovery.is_running).toBe(false))
    // one that the agent ends while the server is away
    site.proxy.set({ stall: true })
    const { store } = site.server
    const { agent_id } = site.agent().facts()
    site.proxy.set({ stall: false })
    const first = await site.ask({ kind: 'scan_now' })
    await site.restart(async () => {
      // one that somebody asked for just before the server went
      await store.createCommand(
        {
          command_id: 'asked-before-the-restart',
          agent_id,
          kind: 'scan_now',
          params: {},
          expires_at: Date.now() + 60_000,
        },
        { type: 'token', id: 'admin', ip_address: null },
        Date.now(),
      )
    })
    expect((await site.ends(first)).state).toBe('succeeded')
    const second = await site.ends({ ...first, command_id: 'asked-before-the-restart' })
    expect(second.state).toBe('succeeded')
    await site.restart()
    await site.connected()
    const third = await site.ends(await site.ask({ kind: 'scan_now' }))
    expect(third.state).toBe('succeeded')
    // the second one joins the first where both come at once
    await until(async () => expect(await countScans(site)).toBeGreaterThan(1))
    expect(await countScans(site)).toBeLessThan(4)
    const { items } = await store.listAudit({ limit: 100, action: 'command_ended' })
    expect(items).toHaveLength(3)
  })

  it('expire by the clock of the server, while nobody is there and at the agent', whole, async () => {
    const site = await openCommandSite('127.84.5.', 1)
    // three hours behind, or ahead: the server measures for itself
    for (const wrong of [-3, 3]) {
      const clock = { ...systemClock, now: () => Date.now() + wrong * 3_600_000 }
      await site.start({ clock })
      await site.connected()
      await until(() => expect(site.agent().facts().discovery.is_running).toBe(false))
      const taken = await site.ends(await site.ask({ kind: 'scan_now', expires_in_seconds: 10 }))
      expect(taken.state).toBe('succeeded')
      await site.agent().close()
    }
    const late = await site.ask({ kind: 'scan_now', expires_in_seconds: 10 })
    expect(await site.ends(late)).toMatchObject({ state: 'expired' })
    await site.start()
    await site.connected()
    await until(() => expect(site.agent().facts().discovery.is_running).toBe(false))
    await site.ends(await site.ask({ kind: 'scan_now' }))
    await until(async () => expect(await countScans(site)).toBeGreaterThan(2))
    expect(await countScans(site)).toBe(3)
  })

  it('that the agent did not come to the end of are told of, and not done again', whole, async () => {
    const site = await openCommandSite('127.84.6.', 1)
    await site.start()
    await site.connected()
    await until(() => expect(site.agent().facts().discovery.is_running).toBe(false))
    await site.agent().close()
    // as a kill leaves it: one written down and begun, one written down only
    const begun = await site.ask({ kind: 'scan_now' })
    const waiting = await site.ask({ kind: 'send_diagnostics' })
    const journal = openJournal(site.options.journal.path, { size_mb: 500, days: 30, now: Date.now() })
    for (const { command_id, kind, params, expires_at } of [begun, waiting]) {
      journal.acceptCommand({ command_id, kind, params, expires_at: Date.parse(expires_at) })
    }
    expect(journal.beginCommand(begun.command_id)).toBe(true)
    expect(journal.beginCommand(begun.command_id)).toBe(false)
    journal.close()
    await site.start()
    expect(await site.ends(begun)).toMatchObject({ state: 'failed', message: 'the agent ended while it ran' })
    expect(await site.ends(waiting)).toMatchObject({ state: 'succeeded' })
    await until(() => expect(site.agent().facts().discovery.is_running).toBe(false))
    await site.ends(await site.ask({ kind: 'scan_now' }))
    await until(async () => expect(await countScans(site)).toBeGreaterThan(0))
    expect(await countScans(site)).toBe(1)
  })
})
