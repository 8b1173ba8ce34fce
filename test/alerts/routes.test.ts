import { describe, expect, test } from 'vitest'
import type { AlertOptions, ChannelOptions } from '../../src/core/alerts/alert-options.ts'
import { Secret } from '../../src/core/model/secret.ts'
import { ALERT_KINDS } from '../../src/core/protocol/alerts.ts'
import { startTestServer, type TestServer } from '../server/start-test-server.ts'
import { receiveHttp } from './receivers.ts'

const desk = (port: number): ChannelOptions => ({
  name: 'desk',
  type: 'webhook',
  kinds: ALERT_KINDS,
  severity: 'warning',
  url: new Secret(`http://127.0.0.1:${port}/`),
  secret: null,
  ca: null,
})

const startServer = (alerts: Partial<AlertOptions>) =>
  startTestServer({
    options: (defaults) => ({ ...defaults, alerts: { ...defaults.alerts, enabled: true, ...alerts } }),
  })

/** A printer whose toner stands at `percent`. */
async function report(server: TestServer, token: string, percent: number): Promise<void> {
  const supplies = [{ index: 1, kind: 'toner', color: 'black', level: { state: 'percent', percent } }]
  const sampled_at = new Date().toISOString()
  const answer = await server.call('/api/v1/metrics/batch', {
    token,
    body: { metrics: [{ serial: 'S1', manufacturer: 'HP', status: 'idle', supplies, sampled_at }] },
  })
  expect(answer.status).toBe(200)
}

describe('/api/v1/alerts', () => {
  test('an alert from the reading to its end: listed, acknowledged, delivered, counted', async () => {
    const { port, waitFor } = await receiveHttp()
    const server = await startServer({ channels: [desk(port)] })
    const agent = await server.enrol()
    const [viewer, admin] = [await server.makeToken('viewer'), await server.makeToken('admin')]
    await report(server, agent.token, 4)
    await waitFor(1)
    const { body } = await server.call('/api/v1/alerts', viewer)
    expect(body).toMatchObject({
      alerts: [{ kind: 'supply_low', severity: 'warning', subject: 'black toner', agent_id: agent.agent_id }],
      next_cursor: null,
    })
    const [{ alert_id, device_id }] = body.alerts
    const path = `/api/v1/alerts/${alert_id}/acknowledge`
    expect((await server.call(path, { ...viewer, method: 'POST' })).body.error.code).toBe('scope_insufficient')
    const seen = await server.call(path, { ...admin, method: 'POST' })
    expect(seen.body).toMatchObject({ alert_id, acknowledged_by: admin.token_id, closed_at: null })
    await waitFor(2)
    await report(server, agent.token, 80)
    const posted = await waitFor(3)
    expect(posted.map(({ body: text }) => JSON.parse(text).event)).toEqual(['opened', 'acknowledged', 'closed'])
    expect((await server.call('/api/v1/alerts', viewer)).body.alerts).toEqual([])
    const closed = await server.call(`/api/v1/alerts?state=closed&device_id=${device_id}&kind=supply_low`, viewer)
    expect(closed.body.alerts).toMatchObject([{ alert_id, acknowledged_by: admin.token_id }])
    await report(server, agent.token, 0)
    await waitFor(4)
    const { text } = await server.call('/metrics')
    expect(text.split('\n')).toContain('printmaster_alerts_open{kind="supply_empty"} 1')
    expect(text.split('\n')).toContain('printmaster_alerts_open{kind="supply_low"} 0')
    expect(text).toMatch(/^printmaster_alert_deliveries_total\{channel="desk",outcome="delivered"\} [34]$/m)
    const record = await server.call(`/api/v1/alerts/${alert_id}/deliveries`, viewer)
    expect(record.body.alert_id).toBe(alert_id)
    const told = {
      channel: 'desk',
      state: 'delivered',
      tries: 1,
      next_try_at: null,
      given_up_at: null,
      last_error: null,
    }
    expect(record.body.deliveries).toMatchObject([
      { ...told, event: 'opened' },
      { ...told, event: 'acknowledged' },
      { ...told, event: 'closed' },
    ])
    expect(record.body.deliveries[0].delivered_at >= record.body.deliveries[0].created_at).toBe(true)
    const audit = await server.call('/api/v1/audit?action=alert_acknowledged', admin)
    expect(audit.body).toMatchObject({ entries: [{ resource_id: alert_id, actor: admin.token_id }] })
  })

  test('what nobody has is not found, and bad queries name the parameter', async () => {
    const server = await startServer({})
    const { token } = await server.makeToken('admin')
    const path = '/api/v1/alerts/no-such/acknowledge'
    expect((await server.call(path, { token, method: 'POST' })).body.error.code).toBe('not_found')
    expect((await server.call('/api/v1/alerts/no-such/deliveries', { token })).body.error.code).toBe('not_found')
    for (const query of ['state=both', 'kind=toner', 'from=yesterday', 'limit=0']) {
      const { status, body } = await server.call(`/api/v1/alerts?${query}`, { token })
      expect([query, status, body.error.details.fields[0].path]).toEqual([query, 400, query.split('=')[0]])
    }
    expect((await server.call('/api/v1/alerts?cursor=x', { token })).body.error.code).toBe('invalid_cursor')
  })

  test('who may not acknowledge is refused, and that is audited', async () => {
    const server = await startServer({})
    const [viewer, admin] = [await server.makeToken('viewer'), await server.makeToken('admin')]
    const { status } = await server.call('/api/v1/alerts/some-alert/acknowledge', { ...viewer, method: 'POST' })
    expect(status).toBe(403)
    const { body } = await server.call('/api/v1/audit?action=alert_acknowledgement_refused', admin)
    expect(body.entries).toMatchObject([
      { actor: viewer.token_id, resource_type: 'alert', resource_id: 'some-alert', outcome: 'denied' },
    ])
  })

  test('a test goes through one channel and says what came', async () => {
    const { port, received } = await receiveHttp((index) => (index === 0 ? 200 : 500))
    const server = await startServer({ channels: [desk(port)] })
    const [viewer, admin] = [await server.makeToken('viewer'), await server.makeToken('admin')]
    const ask = (channel: string, by = admin) => server.call('/api/v1/alerts/test', { ...by, body: { channel } })
    expect((await ask('desk', viewer)).status).toBe(403)
    expect((await ask('desk')).body).toEqual({ channel: 'desk', delivered: true, message: 'HTTP 200' })
    expect((await ask('desk')).body).toEqual({ channel: 'desk', delivered: false, message: 'it answers 500' })
    expect(JSON.parse(received[0]?.body as string)).toMatchObject({ event: 'test' })
    const unknown = await ask('night')
    expect([unknown.status, unknown.body.error.details.fields]).toEqual([
      400,
      [{ path: '/channel', problem: "is no channel of the server's config ([alerts.NAME]); it has desk" }],
    ])
    const audit = await server.call('/api/v1/audit?action=alert_channel_tested', admin)
    expect(audit.body.entries.map(({ outcome }: { outcome: string }) => outcome)).toEqual(['failure', 'success'])
  })
})
