import type { CommunityCredential, Credential } from '../model/credential.ts'
import { DatagramTemplate } from '../snmp/datagram.ts'
import { encodeCommunityMessage, type SnmpMessage } from '../snmp/message.ts'
import { requestPdu } from '../snmp/request-pdu.ts'
import { encodeDiscovery } from '../snmp/user-session.ts'

/** What every address is asked: sysObjectID and sysDescr. */
export const ASKED = ['1.3.6.1.2.1.1.2.0', '1.3.6.1.2.1.1.1.0']

/** What is known of a host that is asked: a community of it is, or its SNMPv3 engine. */
export interface Known {
  readonly answered: ReadonlySet<CommunityCredential>
  readonly hasEngine: boolean
}

interface Probe {
  credential: CommunityCredential
  community: Buffer
  template: DatagramTemplate
}

/** The datagrams that one list of credentials makes, try by try. */
export class Probes {
  /** By community, in the order of the credentials; of each the newest version first. */
  private readonly communities: Probe[][] = []
  private readonly discovery: DatagramTemplate | null
  /** What is sent to a host that has not answered, by try. */
  private readonly toSilent: DatagramTemplate[][] = []

  constructor(credentials: readonly Credential[]) {
    for (const credential of credentials) {
      if (credential.version === '3') continue
      const community = Buffer.from(credential.community.reveal())
      const { version } = credential
      const template = new DatagramTemplate((id) =>
        encodeCommunityMessage({ version, community, pdu: requestPdu('get', id, ASKED, 0) }),
      )
      const known = this.communities.find(([first]) => first?.community.equals(community))
      if (!known) this.communities.push([{ credential, community, template }])
      else if (known.every((probe) => probe.credential.version !== version)) {
        known.push({ credential, community, template })
        known.sort((a, b) => b.credential.version.localeCompare(a.credential.version))
      }
    }
    this.discovery = credentials.some(({ version }) => version === '3') ? new DatagramTemplate(encodeDiscovery) : null
  }

  get hasCommunities(): boolean {
    return this.communities.length > 0
  }

  get hasDiscovery(): boolean {
    return this.discovery !== null
  }

  /**
   * What is sent to a host at one try, `usual` being how many tries a quiet network gets. The first community is asked at
   * every try, in its newest version until the last of the usual ones, which is for devices that know v1 only; behind
   * that the versions take turns. Each further community is asked once in each version; where the network loses packets
   * as often as the first.
   */
  at(attempt: number, usual: number, host: Known): readonly DatagramTemplate[] {
    if (host.answered.size > 0 || host.hasEngine) return this.compose(attempt, usual, host)
    this.toSilent[attempt] ??= this.compose(attempt, usual, host)
    return this.toSilent[attempt]
  }

  private compose(attempt: number, usual: number, host: Known): DatagramTemplate[] {
    const templates: DatagramTemplate[] = []
    for (const [i, versions] of host.answered.size === 0 ? this.communities.entries() : []) {
      const isFurther = i > 0 && attempt >= versions.length && attempt < usual
      if (isFurther) continue
      const last = versions.length - 1
      const turn = i > 0 || attempt >= usual ? attempt % versions.length : attempt === usual - 1 ? last : 0
      templates.push((versions[turn] as Probe).template)
    }
    if (this.discovery && !host.hasEngine) templates.push(this.discovery)
    return templates
  }

  /** The credential that a message answers. */
  find(message: Exclude<SnmpMessage, { version: '3' }>): CommunityCredential | undefined {
    for (const versions of this.communities) {
      if (!versions[0]?.community.equals(message.community)) continue
      return versions.find(({ credential }) => credential.version === message.version)?.credential
    }
    return undefined
  }

  /** True when the tries before this one asked in the version that was answered: they are known to be lost. */
  askedBefore(attempt: number, usual: number, credential: CommunityCredential | null): boolean {
    if (credential === null) return true
    return attempt < usual - 1 && credential === this.communities[0]?.[0]?.credential
  }
}
