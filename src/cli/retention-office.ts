import { setTimeout as sleep } from 'node:timers/promises'
import { refusalOf } from '../core/client/read-refusal.ts'
import { PrintMasterError } from '../core/model/error.ts'
import {
  PolicyListSchema,
  type RetentionPlan,
  RetentionPlanSchema,
  type RetentionState,
  RetentionStateSchema,
  type RunState,
  RunStateSchema,
  type SetPolicy,
} from '../core/protocol/retention.ts'
import { describeRetention } from '../core/retention/describe-retention.ts'
import { createRetentionKeeper } from '../core/retention/keeper.ts'
import { MOST_PLANNED, planRetention } from '../core/retention/plan-retention.ts'
import { type PolicyChange, setPolicy } from '../core/retention/set-policy.ts'
import type { AccessFlags } from './access-flags.ts'
import { describeUser } from './describe-user.ts'
import { openLocal, openRemote } from './open-access.ts'

/** Where retention is looked at and changed: the database of this machine, or a server elsewhere. */
export interface RetentionOffice {
  show(): Promise<RetentionState>
  plan(): Promise<RetentionPlan>
  /** Until it is done, or the signal aborts. @param tell hears how far it is */
  run(signal: AbortSignal, tell: (state: RunState) => void): Promise<RunState>
  /** @throws PrintMasterError bad_flag for what makes no sense */
  set(policy: SetPolicy): Promise<PolicyChange>
  close(): Promise<void>
}

const ASK_EVERY_MS = 500

/** @throws PrintMasterError, StoreError */
export async function openRetentionOffice(
  flags: AccessFlags,
  options: { readonly readonly: boolean },
  tell: (sentence: string) => void,
): Promise<RetentionOffice> {
  return flags.server === undefined
    ? openLocalOffice(flags, options, tell)
    : openRemoteOffice(flags.server, flags, tell)
}

async function openRemoteOffice(
  url: string,
  flags: AccessFlags,
  tell: (sentence: string) => void,
): Promise<RetentionOffice> {
  const remote = await openRemote(url, flags, 'an admin', tell)
  return {
    show: () => remote.send(RetentionStateSchema, 'GET', '/retention'),
    plan: () => remote.send(RetentionPlanSchema, 'GET', '/retention/plan'),
    async run(signal, hear) {
      let state: RunState = await remote.send(RunStateSchema, 'POST', '/retention/run')
      while (state.running && !signal.aborted) {
        hear(state)
        await sleep(ASK_EVERY_MS, undefined, { signal }).catch(() => undefined)
        state = await remote.send(RunStateSchema, 'GET', '/retention/run')
      }
      return state
    },
    async set(policy) {
      try {
        return await remote.send<PolicyChange>(PolicyListSchema, 'POST', '/retention/policies', policy)
      } catch (error) {
        // the same mistake as in the database of this machine, and the same exit code
        if (refusalOf(error)?.code !== 'invalid_body') throw error
        throw new PrintMasterError('bad_flag', (error as Error).message)
      }
    },
    close: () => remote.close(),
  }
}

async function openLocalOffice(
  flags: AccessFlags,
  options: { readonly readonly: boolean },
  tell: (sentence: string) => void,
): Promise<RetentionOffice> {
  const { store, config, database } = await openLocal(flags, options, tell)
  let hear: (state: RunState) => void = () => undefined
  const keeper = createRetentionKeeper({
    store,
    database,
    options: config.retention,
    audit_key: config.security.audit_key,
    log: { info: () => undefined, error: () => undefined },
    now: Date.now,
    monotonic: () => performance.now(),
    onEvent: () => hear(keeper.state()),
  })
  return {
    show: async () => describeRetention(store, await keeper.policies(), keeper.place(), keeper.state(), Date.now()),
    plan: async () =>
      planRetention(store, {
        policies: await keeper.policies(),
        now: Date.now(),
        archives: keeper.place() !== null,
        most: MOST_PLANNED,
      }),
    async run(signal, listener) {
      hear = listener
      const { ended } = keeper.start(describeUser())
      const stop = () => void keeper.close()
      signal.addEventListener('abort', stop, { once: true })
      await ended
      signal.removeEventListener('abort', stop)
      return keeper.state()
    },
    async set(policy) {
      const done = await setPolicy(store, config.retention, policy, describeUser(), Date.now())
      if (typeof done === 'string') throw new PrintMasterError('bad_flag', done)
      return done
    },
    async close() {
      await keeper.close()
      await store.close()
    },
  }
}
