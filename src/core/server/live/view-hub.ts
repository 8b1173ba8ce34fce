import type { RawData } from 'ws'
import { ApiError } from '../../protocol/api-error.ts'
import { MAX_INVALID_MESSAGES, UiHelloSchema } from '../../protocol/live.ts'
import type { ChangesPage, LiveRows } from '../../store/store.ts'
import type { Services } from '../services.ts'
import { createChangeFeed } from './change-feed.ts'
import type { ViewHub, ViewSocket } from './hubs.ts'
import { CHANGES_PART, SNAPSHOT_PART } from './live-settings.ts'
import { readMessage } from './read-message.ts'
import { keepSockets, newSocket, type SocketKeeper } from './socket-keeper.ts'

type MessageType = 'snapshot' | 'changes' | 'alive' | 'error'

export type ViewHubServices = Pick<
  Services,
  'client' | 'live_settings' | 'now' | 'instruments' | 'log' | 'options' | 'bell'
>

/** The views that are connected: each gets what there is, and then what all get. */
export function createViewHub(services: ViewHubServices): ViewHub {
  const { client, live_settings, now, instruments, log, options, bell } = services
  const { store } = client
  const offlineAfterMs = options.offline_after_seconds * 1000
  let isFailing = false

  const readChanges = (after: number) => store.readChanges({ after, limit: CHANGES_PART, offlineAfterMs }, now())

  const sockets: SocketKeeper<ViewSocket> = keepSockets<ViewSocket>(live_settings, now, {
    message: (view, data, isBinary) => receive(view, data, isBinary),
    end: (view) => {
      if (!view.isLive) return
      view.isLive = false
      if (!listLive().some(() => true)) feed.stop()
    },
    sweep(view, at) {
      if (!view.isLive || at - view.sent_at < live_settings.alive_ms) return
      void send(view, encode('alive', { server_time: new Date(now()).toISOString() }), 'alive')
    },
  })
  const listLive = () => sockets.all().filter((view) => view.isLive)

  const feed = createChangeFeed({
    read: readChanges,
    settings: live_settings,
    onPage(page) {
      isFailing = false
      const views = [...listLive()]
      if (page.isLost) {
        for (const view of views) {
          view.isLive = false
          void bring(view, null)
        }
        return
      }
      const bytes = encodeChanges(page)
      for (const view of views) {
        if (view.seq >= page.seq) continue
        view.seq = page.seq
        void send(view, bytes, 'changes')
      }
    },
    onError(error) {
      if (!isFailing) log.error({ reason: error.message }, 'changes cannot be read for live views; trying again')
      isFailing = true
    },
  })
  bell.listen(feed.poke)

  const encode = (type: MessageType, data: object, id?: string): Buffer =>
    Buffer.from(
      JSON.stringify({ type, ...(id !== undefined && { id }), data, timestamp: new Date(now()).toISOString() }),
    )
  const encodeChanges = ({ seq, gone_devices, ...rows }: ChangesPage) =>
    encode('changes', { seq, ...pickRows(rows), gone_devices })

  /** Resolves when the system has taken it, or the view is over. */
  const send = (view: ViewSocket, bytes: Buffer, type: MessageType): Promise<void> => {
    if (view.isOver) return Promise.resolve()
    if (view.ws.bufferedAmount > live_settings.view_buffer_bytes) {
      sockets.close(view, 'too_slow')
      return Promise.resolve()
    }
    view.sent_at = performance.now()
    instruments.liveMessages.inc({ type })
    return new Promise((resolve) => view.ws.send(bytes, { binary: false }, () => resolve()))
  }

  const sendSnapshot = async (view: ViewSocket): Promise<void> => {
    let cursor: string | null = null
    do {
      const page: Awaited<ReturnType<typeof store.readSnapshot>> = await store.readSnapshot(
        { limit: SNAPSHOT_PART, offlineAfterMs, ...(cursor !== null && { cursor }) },
        now(),
      )
      cursor = page.next_cursor
      view.seq = page.seq
      const part = { seq: page.seq, ...pickRows(page), is_last: cursor === null }
      // one part at a time: a slow reader waits, and nothing waits for it here
      await send(view, encode('snapshot', part), 'snapshot')
    } while (cursor !== null && !view.isOver)
  }

  /** Brings a view to where all are. @param after what it has; null for nothing */
  const bring = async (view: ViewSocket, after: number | null): Promise<void> => {
    try {
      let isFirst = after !== null
      if (after === null) await sendSnapshot(view)
      else view.seq = after
      while (!view.isOver) {
        if (!isFirst && (feed.head === null || view.seq >= feed.head)) {
          view.isLive = true
          if (feed.head === null) feed.follow(view.seq)
          return
        }
        const page = await readChanges(view.seq)
        if (page.isLost) await sendSnapshot(view)
        else {
          view.seq = page.seq
          await send(view, encodeChanges(page), 'changes')
        }
        isFirst = false
      }
    } catch (error) {
      log.error({ reason: (error as Error).message }, 'a live view cannot be served')
      sockets.close(view, 'going_away')
    }
  }

  const receive = (view: ViewSocket, data: RawData, isBinary: boolean) => {
    const message = readMessage(data, isBinary, { hello: UiHelloSchema })
    instruments.liveMessages.inc({ type: 'type' in message ? message.type : 'invalid' })
    const refusal =
      'refusal' in message
        ? message.refusal
        : view.hasHello
          ? new ApiError('invalid_request', 'hello was said already')
          : null
    if (refusal !== null) {
      view.invalid += 1
      void send(view, encode('error', refusal.toAnswer().error, message.id), 'error')
      if (view.invalid >= MAX_INVALID_MESSAGES) sockets.close(view, 'invalid_message')
      return
    }
    view.hasHello = true
    const { after_seq } = (message as { data: { after_seq?: number | null } }).data
    void bring(view, after_seq ?? null)
  }

  return {
    sockets,
    accept(ws, principal, remote_address) {
      const socket = newSocket(ws, principal, remote_address)
      sockets.add({ ...socket, hasHello: false, seq: 0, isLive: false, sent_at: socket.heard_at })
      log.debug({ token_id: principal.token_id, address: remote_address }, 'view connected')
    },
    async close() {
      feed.stop()
      await sockets.closeAll('shutting_down')
    },
  }
}

const pickRows = ({ agents, devices, alerts }: LiveRows): LiveRows => ({ agents, devices, alerts })
