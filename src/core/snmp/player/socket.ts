import { createSocket, type Socket } from 'node:dgram'
import { isIP, isIPv6 } from 'node:net'
import { PrintMasterError } from '../../model/error.ts'
import { isLoopback } from '../../model/is-loopback.ts'

/**
 * Opens a UDP socket on a loopback address; port 0 stands for any free one.
 * @throws PrintMasterError `bad_target` (not loopback), `port_in_use`, `permission_denied` (a port below 1024, or more
 *   sockets than the system allows), `network_unreachable` (the address is not there)
 */
export function bindLoopback(address: string, port: number): Promise<Socket> {
  if (isIP(address) === 0 || !isLoopback(address)) {
    const hint = 'recordings are played on loopback only, 127.0.0.1 to 127.255.255.254 or ::1'
    return Promise.reject(new PrintMasterError('bad_target', `${JSON.stringify(address)}: ${hint}`))
  }
  return new Promise((resolve, reject) => {
    const type = isIPv6(address) ? 'udp6' : 'udp4'
    // Every address is numeric: asking the resolver for each datagram would cost more than the answer.
    const socket = createSocket({ type, lookup: (host, _options, done) => done(null, host, type === 'udp6' ? 6 : 4) })
    const refuse = (error: NodeJS.ErrnoException) => {
      socket.close()
      reject(explain(error, address, port))
    }
    socket.once('error', refuse)
    socket.bind({ address, port, exclusive: true }, () => {
      socket.off('error', refuse)
      resolve(socket)
    })
  })
}

/** Resolves when the socket is closed. */
export function closeSocket(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.close(() => resolve()))
}

function explain(error: NodeJS.ErrnoException, address: string, port: number): Error {
  const at = isIPv6(address) ? `[${address}]:${port}` : `${address}:${port}`
  const cause = { cause: error }
  switch (error.code) {
    case 'EADDRINUSE':
      return new PrintMasterError('port_in_use', `${at} is in use by another program; choose another port`, cause)
    case 'EACCES':
    case 'EPERM': {
      const hint =
        port > 0 && port < 1024
          ? 'ports below 1024 need special rights; choose another, for example 1161'
          : error.message
      return new PrintMasterError('permission_denied', `${at} may not be opened: ${hint}`, cause)
    }
    case 'EMFILE':
    case 'ENFILE': {
      const hint = 'each played device takes one; play fewer or raise the limit (ulimit -n)'
      return new PrintMasterError('permission_denied', `the system allows no more open sockets: ${hint}`, cause)
    }
    case 'EADDRNOTAVAIL':
      return new PrintMasterError('network_unreachable', `${address} is not an address of this machine`, cause)
    default:
      return error
  }
}
