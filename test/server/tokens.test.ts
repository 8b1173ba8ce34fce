import { describe, expect, test } from 'vitest'
import { shareTestServer } from './start-test-server.ts'

const TOKENS = '/api/v1/tokens'

describe('/api/v1/tokens', () => {
  const shared = shareTestServer()

  test('makes a token, shows it once, lists it without, revokes it', async () => {
    const server = shared()
    const admin = (await server.makeToken('admin')).token
    const made = await server.call(TOKENS, {
      token: admin,
      body: { scope: 'enrolment', name: 'office', expires_in_seconds: 3600, max_uses: 2 },
    })
    expect(made.status).toBe(201)
    expect(made.body).toMatchObject({ scope: 'enrolment', name: 'office', max_uses: 2, uses: 0, state: 'valid' })
    expect(Date.parse(made.body.expires_at) - Date.parse(made.body.created_at)).toBe(3_600_000)
    const registered = await server.call('/api/v1/agents/register', { token: made.body.token, body: {} })
    expect(registered.status).toBe(200)
    const list = await server.call(TOKENS, { token: admin })
    const listed = list.body.tokens.find((each: { token_id: string }) => each.token_id === made.body.token_id)
    expect(listed).toMatchObject({ uses: 1, state: 'valid' })
    expect(list.text).not.toContain(made.body.token)
    const path = `${TOKENS}/${made.body.token_id}`
    const revoked = await server.call(path, { method: 'DELETE', token: admin })
    expect([revoked.status, revoked.body.state]).toEqual([200, 'revoked'])
    const again = await server.call(path, { method: 'DELETE', token: admin })
    expect([again.status, again.body.revoked_at]).toEqual([200, revoked.body.revoked_at])
    const refused = await server.call('/api/v1/agents/register', { token: made.body.token, body: {} })
    expect([refused.status, refused.body.error.code]).toEqual([403, 'token_revoked'])
  })

  test('a DELETE with a Content-Type and no body is fine; an unknown token is not_found', async () => {
    const server = shared()
    const admin = (await server.makeToken('admin')).token
    const viewer = await server.makeToken('viewer')
    const headers = { 'content-type': 'application/json' }
    const gone = await server.call(`${TOKENS}/${viewer.token_id}`, { method: 'DELETE', token: admin, headers })
    expect(gone.status).toBe(200)
    const unknown = await server.call(`${TOKENS}/nothing`, { method: 'DELETE', token: admin })
    expect([unknown.status, unknown.body.error.code]).toEqual([404, 'not_found'])
  })

  test.each([
    [{ scope: 'agent' }, '/scope'],
    [{ scope: 'root' }, '/scope'],
    [{}, '/scope'],
    [{ scope: 'viewer', max_uses: 1 }, '/max_uses'],
    [{ scope: 'admin', agent_id: 'a' }, '/agent_id'],
    [{ scope: 'viewer', expires_in_seconds: 0 }, '/expires_in_seconds'],
    [{ scope: 'viewer', expires_in_seconds: '60' }, '/expires_in_seconds'],
    [{ scope: 'viewer', name: '' }, '/name'],
    [{ scope: 'viewer', nme: 'x' }, '/nme'],
  ])('%j is invalid_body and names the field', async (body, path) => {
    const server = shared()
    const admin = (await server.makeToken('admin')).token
    const answer = await server.call(TOKENS, { token: admin, body })
    expect([answer.status, answer.body.error.code]).toEqual([400, 'invalid_body'])
    expect(answer.body.error.details.fields[0].path).toBe(path)
  })

  test('making and revoking are audited with who and from where', async () => {
    const server = shared()
    const admin = await server.makeToken('admin')
    const made = await server.call(TOKENS, { token: admin.token, body: { scope: 'viewer' } })
    await server.call(`${TOKENS}/${made.body.token_id}`, { method: 'DELETE', token: admin.token })
    const { entries } = (await server.call(`/api/v1/audit?actor=${admin.token_id}`, { token: admin.token })).body
    const about = entries.filter((entry: { resource_id: string }) => entry.resource_id === made.body.token_id)
    expect(about).toHaveLength(2)
    for (const entry of about) expect(entry).toMatchObject({ actor_type: 'token', ip_address: '127.0.0.1' })
  })
})
