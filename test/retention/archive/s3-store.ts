import { createHash } from 'node:crypto'
import { request as ask, createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { sign } from 'aws4'
import S3rver from 's3rver'
import { onTestFinished } from 'vitest'
import { makeDirectory } from './sample-rows.ts'

/** What s3rver knows of itself. */
export const ACCESS_KEY = { id: 'S3RVER', secret: 'S3RVER' }
export const REGION = 'us-east-1'

/**
 * A store that speaks S3, on a free port of loopback, with a bucket `printers`. s3rver takes signatures of version 4 as they are;
 * what stands before it works each one out anew, with another library than the product's, and refuses what does not fit.
 */
export async function startStore() {
  const directory = await makeDirectory()
  const store = new S3rver({
    address: '127.0.0.1',
    port: 0,
    silent: true,
    directory,
    configureBuckets: [{ name: 'printers', configs: [] }],
  })
  const { port } = await store.run()
  const door = createServer((request, response) => {
    passOn(request, response, port).catch(() => response.destroy())
  })
  await new Promise<void>((done) => door.listen(0, '127.0.0.1', done))
  onTestFinished(async () => {
    await new Promise((done) => {
      door.close(done)
      door.closeAllConnections()
    })
    await store.close()
  })
  return { directory, endpoint: `http://127.0.0.1:${(door.address() as AddressInfo).port}` }
}

async function passOn(request: IncomingMessage, response: ServerResponse, port: number): Promise<void> {
  const body = await buffer(request)
  if (!isSigned(request, body)) {
    response.writeHead(403, { 'content-type': 'application/xml' })
    response.end('<Error><Code>SignatureDoesNotMatch</Code><Message>another signature was worked out</Message></Error>')
    return
  }
  const { method, url: path, headers } = request
  const onward = ask({ host: '127.0.0.1', port, method, path, headers }, (answer) => {
    response.writeHead(answer.statusCode as number, answer.headers)
    pipeline(answer, response).catch(() => response.destroy())
  })
  onward.on('error', () => response.destroy())
  onward.end(body)
}

/** A key that nobody knows is left to the store, which says so. */
function isSigned({ method, url, headers }: IncomingMessage, body: Buffer): boolean {
  const [, id, signed, given] =
    /Credential=([^/]+)\S+, SignedHeaders=(\S+), Signature=(\w+)$/.exec(headers.authorization ?? '') ?? []
  if (id !== ACCESS_KEY.id) return true
  const names = (signed as string).split(';')
  const said = headers['x-amz-content-sha256'] as string
  // without its date, this moment would be signed
  if (!names.includes('host') || !names.includes('x-amz-date')) return false
  if (said !== createHash('sha256').update(body).digest('hex')) return false
  const { Authorization } = sign(
    {
      service: 's3',
      region: REGION,
      method: method as string,
      path: url as string,
      headers: Object.fromEntries(names.map((name) => [name, String(headers[name])])),
      body,
      // of those that it would add, and that were not sent
      extraHeadersToIgnore: { 'content-type': true, 'content-length': true },
      extraHeadersToInclude: Object.fromEntries(names.map((name) => [name, true])),
    },
    { accessKeyId: ACCESS_KEY.id, secretAccessKey: ACCESS_KEY.secret },
  ).headers
  return Authorization.endsWith(`Signature=${given}`)
}
