import { copyFileSync, writeFileSync } from 'node:fs'
import { connect } from 'node:tls'
import { describe, expect, test } from 'vitest'
import { makeCertificate } from '../cli/make-certificate.ts'
import { createDirectory, startTestServer } from './start-test-server.ts'

/** The name in the certificate that the server shows, or why there is no connection. */
function shownName(url: string, options: object = {}): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({
      host: '127.0.0.1',
      port: Number(new URL(url).port),
      rejectUnauthorized: false,
      ...options,
    })
    socket.once('secureConnect', () => {
      resolve(String(socket.getPeerCertificate().subject.CN))
      socket.destroy()
    })
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(String(error.code)))
  })
}

describe('TLS', () => {
  test('serves HTTPS from certificate files, from TLS 1.2 on', async () => {
    const tls = makeCertificate(createDirectory(), 'first')
    const server = await startTestServer({ options: (defaults) => ({ ...defaults, tls }) })
    expect(server.url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/)
    expect((await server.call('/healthz')).body.status).toBe('ok')
    expect(await shownName(server.url)).toBe('first')
    expect(
      await shownName(server.url, { maxVersion: 'TLSv1.1', minVersion: 'TLSv1.1', ciphers: 'ALL:@SECLEVEL=0' }),
    ).toMatch(/^(ERR_SSL|ECONNRESET)/)
  })

  test('reloadTls takes the new files for new connections; open ones live on', async () => {
    const directory = createDirectory()
    const tls = makeCertificate(directory, 'first')
    const second = makeCertificate(directory, 'second')
    const server = await startTestServer({ options: (defaults) => ({ ...defaults, tls }) })
    expect((await server.call('/healthz')).status).toBe(200)
    copyFileSync(second.certificate, tls.certificate)
    copyFileSync(second.key, tls.key)
    expect(await shownName(server.url)).toBe('first')
    await server.server.reloadTls()
    expect(await shownName(server.url)).toBe('second')
    expect((await server.call('/healthz')).status).toBe(200)
  })

  test('files that are not there, no PEM, or do not fit keep the former ones and say what is wrong', async () => {
    const directory = createDirectory()
    const tls = makeCertificate(directory, 'first')
    const other = makeCertificate(directory, 'other')
    const server = await startTestServer({ options: (defaults) => ({ ...defaults, tls }) })
    copyFileSync(other.key, tls.key)
    await expect(server.server.reloadTls()).rejects.toMatchObject({
      code: 'bad_config',
      message: `[tls] key: ${tls.key} does not belong to the certificate ${tls.certificate}`,
    })
    writeFileSync(tls.certificate, 'nonsense')
    await expect(server.server.reloadTls()).rejects.toMatchObject({ code: 'bad_config' })
    expect(await shownName(server.url)).toBe('first')
  })

  test('plain HTTP on the TLS port ends, and the server goes on', async () => {
    const tls = makeCertificate(createDirectory(), 'first')
    const server = await startTestServer({ options: (defaults) => ({ ...defaults, tls }) })
    await expect(fetch(server.url.replace('https', 'http'))).rejects.toThrow()
    expect((await server.call('/healthz')).status).toBe(200)
  })
})
