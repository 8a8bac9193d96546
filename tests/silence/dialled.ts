import { existsSync, readFileSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** What the kernel counted in a network namespace: packets without a route, by version of IP, and all datagrams. */
export interface KernelCounts {
  readonly noRoute4: number
  readonly noRoute6: number
  readonly datagrams: number
}

/** Reads the opened connections from the dial log: each `host:port` once, by the name of the process. */
export function dialledBy(logFile: string, names: ReadonlyMap<number, string>): Readonly<Record<string, string[]>> {
  const by: Record<string, Set<string>> = {}
  const text = existsSync(logFile) ? readFileSync(logFile, 'utf8') : ''
  for (const line of text.split('\n').filter(Boolean)) {
    const [pid = '', target = ''] = line.split(' ')
    const name = names.get(Number(pid)) ?? 'other'
    by[name] ??= new Set()
    by[name].add(target)
  }
  return Object.fromEntries(Object.entries(by).map(([name, targets]) => [name, [...targets].sort()]))
}

/** Finds the lines in which the socket guard reports a rejected connection, in all files of the folder `logs` and in `outputs`. */
export async function findRejected(logs: string, outputs: readonly string[]): Promise<readonly string[]> {
  const names = existsSync(logs) ? await readdir(logs) : []
  const texts = await Promise.all(names.map((name) => readFile(join(logs, name), 'utf8')))
  return [...texts, ...outputs].flatMap((text) => text.match(/^DIALLED .*$/gm) ?? [])
}

/** Reads the counters of this process's network namespace (proc_net(5), RFC 2011 ipOutNoRoutes, RFC 2013 udpOutDatagrams). */
export function readKernelCounts(): KernelCounts {
  const rows = readFileSync('/proc/net/snmp', 'utf8').split('\n')
  const ipv6 = /^Ip6OutNoRoutes\s+(\d+)/m.exec(readFileSync('/proc/net/snmp6', 'utf8'))
  return {
    noRoute4: counterIn(rows, 'Ip:', 'OutNoRoutes'),
    noRoute6: Number(ipv6?.[1] ?? Number.NaN),
    datagrams: counterIn(rows, 'Udp:', 'OutDatagrams'),
  }
}

/** Reads one counter. A protocol has two rows: the names of its counters, and their values. */
function counterIn(rows: readonly string[], protocol: string, name: string): number {
  const [names = [], values = []] = rows.filter((row) => row.startsWith(protocol)).map((row) => row.split(' '))
  return Number(values[names.indexOf(name)])
}
