import { once } from 'node:events'
import { createServer as createHttpServer, type RequestListener } from 'node:http'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { createHealthProbe } from '../../src/core/client/probe-health.ts'

/** As long as a machine may need that has much else to do, unless the test waits for just that. */
async function probe(server: Server, timeout = 10_000) {
  server.listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  const asking = createHealthProbe(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, timeout)
  onTestFinished(() => asking.close())
  return asking.ask()
}

const answering = (listener: RequestListener) => createHttpServer(listener)

test('alive when both answers come, with the number of agents', async () => {
  const server = answering((request, response) => {
    response.end(request.url === '/healthz' ? '{"status":"ok"}' : '{"ready":true,"agents_connected":7}')
  })
  expect(await probe(server)).toEqual({ isAlive: true, agents: 7 })
})

test('not alive when it says so', async () => {
  const server = answering((_request, response) => void response.writeHead(503).end('{"status":"failing"}'))
  expect(await probe(server)).toEqual({ isAlive: false, agents: null })
})

test('not alive when it accepts and says nothing, or nothing listens', async () => {
  const sockets = new Set<import('node:net').Socket>()
  const silent = createServer((socket) => void sockets.add(socket))
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
  })
  expect(await probe(silent, 300)).toEqual({ isAlive: false, agents: null })
  const gone = createHealthProbe('http://127.0.0.1:1', 300)
  onTestFinished(() => gone.close())
  expect(await gone.ask()).toEqual({ isAlive: false, agents: null })
})

test('a connection that is turned away is a sign of life', async () => {
  expect(await probe(createServer((socket) => void socket.destroy()))).toEqual({ isAlive: true, agents: null })
})
