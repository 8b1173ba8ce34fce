import { once } from 'node:events'
import { createServer, IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, onTestFinished, test } from 'vitest'
import { HTTP_TIMES, type HttpTimes, MAX_UNSENT_BYTES } from '../../src/core/server/limits/http-limits.ts'
import { createUnsentAnswers } from '../../src/core/server/limits/unsent-answers.ts'
import { openRaw } from './raw-connection.ts'

/** More than the server keeps, and more than the system takes for a client that does not read. */
const LARGE = Buffer.alloc(MAX_UNSENT_BYTES + 1, 'x')
const REQUEST = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n'
const DAY = 86_400_000

/** A server that answers everything with `answer`, and counts it. */
async function serve(times: Partial<HttpTimes>, answer: Buffer = LARGE) {
  const unsent = createUnsentAnswers({ ...HTTP_TIMES, unread_ms: DAY, answer_ms: DAY, idle_ms: DAY, ...times })
  const server = createServer((request, response) => {
    unsent.add(response, request.socket, answer.byteLength)
    response.end(answer)
    server.emit('answered')
  })
  server.keepAliveTimeout = DAY
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const connected = once(server, 'connection')
  const raw = await openRaw(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  const [socket] = (await connected) as [Socket]
  return { unsent, server, raw, socket }
}

describe('an answer', () => {
  test('counts until all of it was handed over', async () => {
    const { unsent, server, raw } = await serve({})
    raw.socket.pause()
    raw.write(REQUEST)
    await once(server, 'answered')
    expect([unsent.isFull, unsent.hasRoom(100_000), unsent.hasRoom(1000)]).toEqual([true, false, true])
    const closed = once(raw.socket, 'close')
    let length = 0
    raw.socket.removeAllListeners('data')
    raw.socket.on('data', (bytes: Buffer) => {
      length += bytes.byteLength
      if (length > LARGE.byteLength) raw.socket.end()
    })
    raw.socket.resume()
    await closed
    expect([unsent.isFull, unsent.hasRoom(100_000)]).toEqual([false, true])
  })

  test.each([
    ['of which nothing is taken for so long', { unread_ms: 200 }],
    ['that was not taken after so long', { answer_ms: 200 }],
    ['whose reader has gone', {}],
  ])('%s ends with its connection, and so do those behind it', async (_, times) => {
    const { unsent, server, raw, socket } = await serve(times)
    raw.socket.pause()
    const ended = once(socket, 'close')
    raw.write(REQUEST.repeat(20))
    await once(server, 'answered')
    expect(unsent.isFull).toBe(true)
    if (Object.keys(times).length === 0) raw.socket.resetAndDestroy()
    // a reset is an error of the socket before it is its end
    await ended.catch(() => once(socket, 'close'))
    expect(unsent.isFull).toBe(false)
  })

  test('that is read slowly, but is read, comes whole', async () => {
    const { raw, server } = await serve({ unread_ms: 400 }, Buffer.alloc(16 * 1024 * 1024))
    let length = 0
    raw.socket.removeAllListeners('data')
    raw.socket.on('data', async (bytes: Buffer) => {
      const before = Math.floor(length / 1_500_000)
      length += bytes.byteLength
      if (Math.floor(length / 1_500_000) === before) return
      raw.socket.pause()
      await pause(100)
      raw.socket.resume()
    })
    raw.write(REQUEST)
    await once(server, 'answered')
    const began = performance.now()
    while (length < 16 * 1024 * 1024 && !raw.socket.destroyed) await pause(20)
    expect(length).toBeGreaterThan(16 * 1024 * 1024)
    expect(performance.now() - began).toBeGreaterThan(800)
  })
})

test('small answers are not counted', async () => {
  const { unsent, socket } = await serve({})
  for (let i = 0; i < 40_000; i++) unsent.add(new ServerResponse(new IncomingMessage(socket)), socket, 2048)
  expect(unsent.isFull).toBe(false)
  for (let i = 0; i < 40_000; i++) unsent.add(new ServerResponse(new IncomingMessage(socket)), socket, 2049)
  expect(unsent.isFull).toBe(true)
})
