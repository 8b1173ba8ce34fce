import { expect, test } from 'vitest'
import { followServer, type ViewMessage } from '../../src/core/client/view-client.ts'
import { Secret } from '../../src/core/model/secret.ts'
import { makeCertificate } from '../cli/make-certificate.ts'
import { createDirectory, startTestServer } from '../server/start-test-server.ts'

/** Follows a server with TLS until the first message or the end. */
async function look(trust: 'its authority' | 'nobody', token?: string) {
  const tls = makeCertificate(createDirectory(), 'views')
  const server = await startTestServer({ options: (defaults) => ({ ...defaults, tls }) })
  expect(server.url).toMatch(/^https:/)
  const messages: ViewMessage[] = []
  const stop = new AbortController()
  const end = await followServer(
    {
      url: server.url,
      token: new Secret(token ?? (await server.makeToken('viewer')).token),
      ca: trust === 'nobody' ? null : tls.pem,
      allow_plaintext: false,
      after_seq: null,
    },
    (message) => {
      messages.push(message)
      stop.abort()
    },
    stop.signal,
  )
  return { messages, end }
}

test('over TLS a view follows a server whose authority it was told', async () => {
  const { messages } = await look('its authority')
  expect(messages[0]).toMatchObject({ type: 'snapshot', is_last: true, devices: [] })
})

test('a certificate of nobody it trusts ends the connection before the token is sent, and the way out is told', async () => {
  const { messages, end } = await look('nobody')
  expect(messages).toEqual([])
  expect(end).toMatchObject({ kind: 'unreachable', reason: expect.stringMatching(/certificate.*--ca FILE/) })
})

test('a refusal comes with the words of the server', async () => {
  const { end } = await look('its authority', 'pmv_nobody')
  expect(end).toMatchObject({ kind: 'refused', status: 401 })
})
