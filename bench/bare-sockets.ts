import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { WebSocketServer } from 'ws'

/** A WebSocket server that does nothing but answer pings: what idle connections cost with the library alone. */
const http = createServer()
const sockets = new WebSocketServer({ server: http, perMessageDeflate: false, clientTracking: true })
sockets.on('connection', (ws) => {
  ws.on('error', () => undefined)
  ws.on('message', () => ws.send('{"type":"welcome"}'))
})
http.listen(0, '127.0.0.1', () => process.send?.((http.address() as AddressInfo).port))
process.on('disconnect', () => process.exit(0))
