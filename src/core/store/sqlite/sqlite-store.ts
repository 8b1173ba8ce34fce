import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Store } from '../store.ts'
import { StoreError } from '../store-error.ts'
import { prepareAgentHealth } from './agent-health.ts'
import { prepareAgents } from './agents.ts'
import { prepareAlerts } from './alerts.ts'
import { prepareArchives } from './archives.ts'
import { prepareAuditLog } from './audit-log.ts'
import { writeBackup } from './backup.ts'
import { prepareChanges } from './changes.ts'
import { checkDatabase } from './check.ts'
import { prepareCommands } from './commands.ts'
import { prepareCountOthers } from './count-others.ts'
import { prepareCountRetired } from './count-retired.ts'
import { prepareDeviceLevels } from './device-levels.ts'
import { prepareDevicePages } from './device-pages.ts'
import { prepareDeviceReports } from './device-reports.ts'
import { prepareDevices } from './devices.ts'
import { prepareFleetMetrics } from './fleet-metrics.ts'
import { prepareFoldMonths } from './fold-months.ts'
import { prepareFreeSpace } from './free-space.ts'
import { prepareHeartbeats } from './heartbeats.ts'
import { prepareIngest } from './ingest.ts'
import { prepareJournals } from './journals.ts'
import { prepareLive } from './live.ts'
import { prepareMeta } from './meta.ts'
import { prepareMetrics } from './metrics.ts'
import { MIGRATIONS, migrate } from './migrate.ts'
import { type Database, type OpenOptions, openDatabase } from './open-database.ts'
import { keepPatience } from './patience.ts'
import { preparePeriodContents } from './period-contents.ts'
import { preparePeriodRows } from './period-rows.ts'
import { preparePolicies } from './policies.ts'
import { preparePresence } from './presence.ts'
import { prepareRegistration } from './registration.ts'
import { prepareRestoredReadings } from './restored-readings.ts'
import { prepareRetentionLock } from './retention-lock.ts'
import { prepareRetentionSizes } from './retention-sizes.ts'
import { prepareRetiredRows } from './retired-rows.ts'
import { prepareRollUp } from './roll-up.ts'
import { sqliteCode, translateError } from './sqlite-error.ts'
import { prepareTokens } from './tokens.ts'
import { watchPlace } from './watch-place.ts'

export type SqliteStore = Store

/**
 * Opens the database of the server, making it or bringing it to the newest schema. With `readonly` it has to be there and
 * current, and the methods that write throw. One connection does one thing at a time: methods block the thread they run in.
 *
 * @throws StoreError `unavailable`, `corrupt`, `newer_schema`, `not_a_store`
 */
export function openSqliteStore(file: string, options: OpenOptions = {}): SqliteStore {
  const path = resolve(file)
  const db = openDatabase(path, options)
  try {
    migrate(db, path, MIGRATIONS, options)
    return composeStore(db, path, options)
  } catch (error) {
    db.close()
    throw isUnprepared(error) ? incomplete(error as Error, path) : translateError(error, path)
  }
}

/** A statement that does not fit the tables: ours are tried with every schema that the migrations make. */
const isUnprepared = (error: unknown) => sqliteCode(error) === 'SQLITE_ERROR'
const incomplete = (error: Error, path: string) =>
  new StoreError('corrupt', `${path} was changed by something else (${error.message}): restore it from a backup`, {
    cause: error,
  })

/** A store on a connection that is open and migrated. */
export function composeStore(db: Database, path: string, options: OpenOptions = {}): SqliteStore {
  const meta = prepareMeta(db)
  const changes = prepareChanges(db)
  const audit = prepareAuditLog(db)
  const tokens = prepareTokens(db, meta, audit, changes)
  const register = prepareRegistration(db, tokens, audit, changes)
  const recordHeartbeat = prepareHeartbeats(db, changes)
  const agents = prepareAgents(db)
  const agentHealth = prepareAgentHealth(db)
  const periods = preparePeriodRows(db)
  const rollUp = prepareRollUp(db, periods)
  const pages = prepareDevicePages(db, periods, rollUp)
  const metrics = prepareMetrics(db, pages)
  const devices = prepareDevices(db, metrics)
  const listFleetMetrics = prepareFleetMetrics(db, metrics)
  const deviceReports = prepareDeviceReports(db)
  const presence = preparePresence(db, changes)
  const commands = prepareCommands(db, audit)
  const alerts = prepareAlerts(db, audit, changes)
  const live = prepareLive(db, agents, devices, alerts)
  const listDeviceLevels = prepareDeviceLevels(db, devices)
  const checkPlace = watchPlace(db, path)
  const ingest = prepareIngest(db, audit, changes, checkPlace)
  const patience = keepPatience(db)
  const months = prepareFoldMonths(db, periods)
  const retired = prepareRetiredRows(db)
  const archives = prepareArchives(db, retired, audit)
  const restored = prepareRestoredReadings(db)
  const policies = preparePolicies(db, audit)
  const readSizes = prepareRetentionSizes(db, () => rollUp.rolledUpTo())
  const countRetired = prepareCountRetired(db)
  const readPeriods = preparePeriodContents(db, () => rollUp.rolledUpTo())
  const countOthers = prepareCountOthers(db)
  const space = prepareFreeSpace(db)
  const journals = prepareJournals(db)
  const retentionLock = prepareRetentionLock(db, path, options)

  /** @param isTold that it works shows that no lock is in the way */
  const attempt = async <T>(work: () => T, isTold: boolean): Promise<T> => {
    if (!db.open) throw new StoreError('closed', `${path} is closed`)
    try {
      const value = work()
      if (isTold) patience.gain()
      return value
    } catch (error) {
      patience.lose(error)
      throw translateError(error, path)
    }
  }
  const read = <T>(work: () => T): Promise<T> => attempt(work, db.readonly)
  const inTransaction = db.transaction((work: () => unknown) => work())
  const commit = db.transaction((work: () => unknown) => {
    const value = work()
    checkPlace()
    return value
  })
  const write = <T>(work: () => T): Promise<T> => attempt(() => commit.immediate(work) as T, true)
  /** Several reads that have to show one state. */
  const view = <T>(work: () => T): Promise<T> => read(() => inTransaction.deferred(work) as T)

  return {
    describe: () => read(() => ({ store_id: meta.storeId(), schema_version: MIGRATIONS.length, path })),

    createToken: (token, actor, now) => write(() => tokens.create(token, actor, now)),
    listTokens: (now) => read(() => tokens.list(now)),
    revokeToken: (token_id, actor, now) => write(() => tokens.revoke(token_id, actor, now)),
    findToken: (hash) => read(() => tokens.find(hash)),
    findEndedTokens: (token_ids, now) => read(() => tokens.findEnded(token_ids, now)),
    tokensVersion: () => read(() => meta.tokensVersion()),
    hasEnrolment: (now) => read(() => tokens.hasEnrolment(now)),

    registerAgent: (registration, actor, now) => write(() => register(registration, actor, now)),
    recordHeartbeats: (heartbeats) =>
      write(() => {
        heartbeats.forEach(recordHeartbeat)
        changes.trim()
      }),
    listAgents: (query, now) => read(() => agents.list(query, now)),
    findAgent: (agent_id, offlineAfterMs, now) => read(() => agents.find(agent_id, offlineAfterMs, now)),
    listAgentHealth: (query) => view(() => agentHealth.list(query)),
    lastSeq: (agent_id, journal_id) => read(() => ingest.lastSeq(agent_id, journal_id)),

    ingestBatches: (batches) => attempt(() => ingest.store(batches), true),
    listDevices: (query) => view(() => devices.list(query)),
    findDevice: (device_id) => view(() => devices.find(device_id)),
    readDeviceReports: (device_ids) => view(() => deviceReports(device_ids)),
    listDeviceLevels: (query) => view(() => listDeviceLevels(query)),
    listMetrics: (query) =>
      view(() => {
        const group = devices.findGroup(query.device_id)
        return group === null ? null : metrics.list(group, query)
      }),
    listFleetMetrics: (query) => view(() => listFleetMetrics(query)),

    readChanges: (query, now) => view(() => live.readChanges(query, now)),
    readSnapshot: (query, now) => view(() => live.readSnapshot(query, now)),
    recordPresence: (decisions) => write(() => presence.record(decisions)),
    listPresence: (after) => read(() => presence.list(after)),

    createCommand: (command, actor, now) => write(() => commands.create(command, actor, now)),
    findCommand: (command_id) => read(() => commands.find(command_id)),
    listCommands: (agent_id, limit) => read(() => commands.list(agent_id, limit)),
    takeCommands: (agent_id, now) => write(() => commands.take(agent_id, now)),
    updateCommand: (agent_id, update, now) => write(() => commands.update(agent_id, update, now)),
    expireCommands: (now) => write(() => commands.expire(now)),

    listAlerts: (query) => read(() => alerts.list(query)),
    recordAlerts: (alertChanges, channels, now) => write(() => alerts.record(alertChanges, channels, now)),
    acknowledgeAlert: (alert_id, actor, channels, now) =>
      write(() => alerts.acknowledge(alert_id, actor, channels, now)),
    nextDeliveries: (limit, now, channel) => view(() => alerts.nextDeliveries(limit, now, channel)),
    listDeliveries: (alert_id) => view(() => alerts.listDeliveries(alert_id)),
    recordDelivery: (delivery_id, outcome, now) => write(() => alerts.recordDelivery(delivery_id, outcome, now)),

    recordAudit: (events) => write(() => audit.record(events)),
    listAudit: (query) => read(() => audit.list(query)),
    readAuditChain: (after, limit) => read(() => audit.readChain(after, limit)),
    readAuditEnds: () => view(() => ({ ...audit.ends(), stub: audit.stub() })),
    pruneAudit: (stub) => write(() => audit.prune(stub)),

    lockRetention: () => attempt(() => retentionLock.take(), false),
    unlockRetention: () => attempt(() => retentionLock.release(), false),
    rollUp: (limit) => write(() => rollUp.step(limit)),
    rolledUpTo: () => read(() => rollUp.mayLeaveUpTo()),
    foldMonths: (before, after, limit) => write(() => months.fold(before, after, limit)),
    dropPeriodPart: (part, whole, before, limit) => write(() => months.dropPart(part, whole, before, limit)),
    readRetired: (range, limit) => view(() => retired.read(range, limit)),
    beginArchive: (source, proposed, now) => write(() => archives.begin(source, proposed, now)),
    recordArchive: (archive, now) => write(() => archives.record(archive, now)),
    listOpenArchives: () => read(() => archives.listOpen()),
    listArchives: (source, after, limit) => read(() => archives.list(source, after, limit)),
    removeArchived: (archive_id, after, limit, now) => write(() => archives.remove(archive_id, after, limit, now)),
    removeRetired: (range, limit) => write(() => retired.remove(range, limit)),
    restoreReadings: (rows, until) => write(() => restored.restore(rows, until)),
    dropRestored: (now, limit) => write(() => restored.drop(now, limit)),
    dropBatches: (before, limit) => write(() => journals.drop(before, limit)),
    countRetired: (source, before, after, limit) => view(() => countRetired(source, before, after, limit)),
    readPeriods: (query) => view(() => readPeriods(query)),
    countOthers: (before) => view(() => countOthers(before)),
    listPolicies: () => read(() => policies.list()),
    knowsSite: (site_id) => read(() => policies.knowsSite(site_id)),
    setPolicy: (policy, actor, now) => write(() => policies.set(policy, actor, now)),
    resetPolicy: (site_id, metric_type, actor, now) => write(() => policies.reset(site_id, metric_type, actor, now)),
    listPages: (query) => view(() => pages.list(query)),
    readRetentionSizes: () => view(() => readSizes()),
    freeSpace: () => read(() => space.state()),
    releaseSpace: (count) => attempt(() => space.release(count), true),

    count: (offlineAfterMs, now) =>
      view(() => ({
        agents: agents.countByStatus(offlineAfterMs, now),
        devices: devices.count(),
        size_bytes: sizeOf(path) + sizeOf(`${path}-wal`),
      })),
    tryWrite: (now) => write(() => meta.markTry(now)),
    backup: (target) => read(() => writeBackup(db, target, options)),
    check: () => read(() => checkDatabase(db, audit, options)),
    close: async () => {
      if (!db.open) return
      retentionLock.release()
      try {
        if (!db.readonly) db.pragma('wal_checkpoint(TRUNCATE)')
      } catch (error) {
        throw translateError(error, path)
      } finally {
        db.close()
      }
    },
  }
}

const sizeOf = (path: string) => statSync(path, { throwIfNoEntry: false })?.size ?? 0
