import { Compile } from 'typebox/compile'
import { describe, expect, test } from 'vitest'
import { API_ERRORS } from '../../src/core/protocol/api-error.ts'
import { startTestServer, type TestServer } from './start-test-server.ts'

const ROUTES = [
  'post /api/v1/agents/register',
  'post /api/v1/agents/register-with-token',
  'post /api/v1/agents/heartbeat',
  'get /api/v1/agents/list',
  'get /api/v1/agents/{agent_id}',
  'get /api/v1/agents/{agent_id}/health',
  'post /api/v1/agents/{agent_id}/commands',
  'get /api/v1/agents/{agent_id}/commands',
  'get /api/v1/commands/{command_id}',
  'post /api/v1/devices/batch',
  'get /api/v1/devices',
  'get /api/v1/devices/{device_id}',
  'get /api/v1/devices/{device_id}/metrics',
  'get /api/v1/metrics',
  'post /api/v1/metrics/batch',
  'post /api/v1/audit/log',
  'get /api/v1/audit',
  'get /api/v1/alerts',
  'get /api/v1/alerts/{alert_id}/deliveries',
  'post /api/v1/alerts/{alert_id}/acknowledge',
  'post /api/v1/alerts/test',
  'get /api/v1/audit/chain',
  'get /api/v1/audit/head',
  'get /api/v1/reports/pages',
  'get /api/v1/retention',
  'get /api/v1/retention/plan',
  'get /api/v1/retention/run',
  'post /api/v1/retention/run',
  'post /api/v1/retention/policies',
  'get /api/v1/retention/archives',
  'get /api/v1/retention/archives/job',
  'post /api/v1/retention/archives/verify',
  'post /api/v1/retention/archives/restore',
  'get /api/v1/tokens',
  'post /api/v1/ws/ticket',
  'post /api/v1/tokens',
  'delete /api/v1/tokens/{token_id}',
  'get /healthz',
  'get /readyz',
  'get /metrics',
  'get /api/v1/openapi.json',
]

interface Operation {
  readonly operationId: string
  readonly security: readonly object[]
  readonly requestBody?: { content: Record<string, { schema: object }> }
  readonly parameters?: readonly { name: string; in: string; schema: object }[]
  readonly responses: Record<string, { description: string; content?: Record<string, { schema: object }> }>
}

async function readPage(server: TestServer) {
  const { token } = await server.makeToken('viewer')
  const { body } = await server.call('/api/v1/openapi.json', { token })
  const operations = Object.entries(body.paths as Record<string, Record<string, Operation>>).flatMap(
    ([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ route: `${method} ${path}`, operation })),
  )
  return { body, operations }
}

describe('/api/v1/openapi.json', () => {
  test('is OpenAPI 3.1 and names every route, each once', async () => {
    const { body, operations } = await readPage(await startTestServer())
    expect(body.openapi).toBe('3.1.0')
    expect(body.info).toMatchObject({ title: expect.any(String), version: expect.any(String) })
    expect(operations.map(({ route }) => route).toSorted()).toEqual(ROUTES.toSorted())
    const ids = operations.map(({ operation }) => operation.operationId)
    expect(new Set(ids).size).toBe(ids.length)
  })

  test('every schema in it is a JSON Schema, and every reference leads somewhere', async () => {
    const { body, operations } = await readPage(await startTestServer())
    const schemas = operations.flatMap(({ operation }) => [
      ...(operation.parameters ?? []).map(({ schema }) => schema),
      ...Object.values(operation.requestBody?.content ?? {}).map(({ schema }) => schema),
      ...Object.values(operation.responses).flatMap(({ content }) =>
        Object.values(content ?? {}).map(({ schema }) => schema),
      ),
    ])
    expect(schemas.length).toBeGreaterThan(100)
    for (const schema of schemas) expect(() => Compile(schema as never).Check(null)).not.toThrow()
    for (const [, pointer] of JSON.stringify(body).matchAll(/"\$ref":"#\/([^"]+)"/g)) {
      const found = (pointer as string).split('/').reduce((part, key) => part?.[key], body)
      expect([pointer, found]).not.toEqual([pointer, undefined])
    }
  })

  test('says which routes want a token, and documents every code', async () => {
    const { body, operations } = await readPage(await startTestServer())
    expect(body.components.securitySchemes.token).toMatchObject({ type: 'http', scheme: 'bearer' })
    const free = operations.filter(({ operation }) => operation.security.length === 0).map(({ route }) => route)
    expect(free.toSorted()).toEqual(['get /healthz', 'get /readyz', 'post /api/v1/agents/register-with-token'])
    const text = operations
      .flatMap(({ operation }) => Object.values(operation.responses))
      .map(({ description }) => description)
    const documented = new Set(text.join().match(/`[a-z_]+`/g))
    // neither paths that are no routes nor those of WebSockets have a place in the page
    const missing = Object.keys(API_ERRORS).filter((code) => !documented.has(`\`${code}\``))
    expect(missing.toSorted()).toEqual(['method_not_allowed', 'origin_refused', 'upgrade_required'])
  })

  test('every code stands under its own status', async () => {
    const { operations } = await readPage(await startTestServer())
    const codes: Readonly<Record<string, { status: number }>> = API_ERRORS
    for (const { route, operation } of operations) {
      for (const [status, { description }] of Object.entries(operation.responses)) {
        for (const [, code] of description.matchAll(/`([a-z_]+)`:/g)) {
          expect([route, code, codes[code as string]?.status]).toEqual([route, code, Number(status)])
        }
      }
    }
  })

  test('a batch is described though its body is checked elsewhere', async () => {
    const { operations } = await readPage(await startTestServer())
    const batch = operations.find(({ route }) => route === 'post /api/v1/metrics/batch')?.operation
    expect(batch?.requestBody?.content['application/json']?.schema).toMatchObject({ title: 'MetricsBatch' })
  })
})
