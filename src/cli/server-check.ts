import { X509Certificate } from 'node:crypto'
import type { Config } from '../core/config/config.ts'
import { PrintMasterError } from '../core/model/error.ts'
import { isLoopback } from '../core/model/is-loopback.ts'
import { checkEnrolment, checkTransport } from '../core/server/check-listen.ts'
import { loadCertificate } from '../core/server/load-certificate.ts'
import { StoreError } from '../core/store/store-error.ts'
import { quoteText } from '../core/targets/quote-text.ts'
import { checkFilePlace } from './check-file-place.ts'
import { openDatabase } from './open-database.ts'
import { loadServerConfig } from './server-config.ts'
import type { ServerFlags } from './server-flags.ts'

const DAY = 86_400_000
/** A certificate that ends sooner is worth a word. */
const SOON = 14 * DAY

export interface SetupReport {
  /** One sentence each; the server would not start. */
  readonly problems: readonly string[]
  /** The server would start, and the user may want to know. */
  readonly warnings: readonly string[]
}

/** Everything that keeps the server from starting, as far as that shows without listening. */
export async function checkServerSetup(flags: ServerFlags, now: number): Promise<SetupReport> {
  try {
    const { config, database } = await loadServerConfig(flags)
    const warnings = [...config.warnings]
    const problems = [
      ...(await checkCertificate(config, warnings, now)),
      ...(await checkFilePlace('the database', database)),
      ...(await checkExposure(config, database, now)),
    ]
    return { problems, warnings }
  } catch (error) {
    if (!(error instanceof PrintMasterError)) throw error
    return { problems: error.message.split('\n'), warnings: [] }
  }
}

async function checkCertificate({ tls }: Config, warnings: string[], now: number): Promise<string[]> {
  if (tls === null) return []
  try {
    const { cert } = await loadCertificate(tls)
    const { validTo } = new X509Certificate(cert)
    const left = Date.parse(validTo) - now
    const day = new Date(validTo).toISOString().slice(0, 10)
    if (left < 0) warnings.push(`the certificate ${quoteText(tls.certificate)} ended on ${day}; clients will refuse it`)
    else if (left < SOON) warnings.push(`the certificate ${quoteText(tls.certificate)} ends on ${day}`)
    return []
  } catch (error) {
    if (!(error instanceof PrintMasterError)) throw error
    return [error.message]
  }
}

/** Beyond loopback: encrypted or knowingly not, and closed to agents without an enrolment token. */
async function checkExposure(config: Config, database: string, now: number): Promise<string[]> {
  const { listen, tls, security } = config
  if (isLoopback(listen.address)) return []
  const problems: string[] = []
  const isEnrolling = security.enrolment_token !== null || (await hasEnrolment(database, problems, now))
  for (const check of [() => checkTransport({ listen, tls }), () => checkEnrolment({ listen }, isEnrolling)]) {
    try {
      check()
    } catch (error) {
      if (!(error instanceof PrintMasterError)) throw error
      problems.push(error.message)
    }
  }
  return problems
}

async function hasEnrolment(database: string, problems: string[], now: number): Promise<boolean> {
  try {
    const store = await openDatabase(database, { readonly: true })
    try {
      return await store.hasEnrolment(now)
    } finally {
      await store.close()
    }
  } catch (error) {
    if (error instanceof StoreError) problems.push(error.message)
    else if (!(error instanceof PrintMasterError)) throw error
    // without a database there is no token; with a broken one that is the smaller problem
    return error instanceof StoreError
  }
}
