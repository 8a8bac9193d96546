import { expect, it, vi } from 'vitest'
import { ANSWERED } from '../../contract/outcome.ts'
import { aContext, anEndpoint } from '../testing.ts'
import type { Leg } from '../types/flow.ts'
import type { AnsweredRequest } from '../types/front.ts'
import { type BreakerReading, createMetrics, METRICS, type MetricSources } from './metrics.ts'

const endpoint = anEndpoint({ url: 'http://10.0.0.7/secret' })
const leg: Leg = {
  domain: 'cases',
  country: 'HN',
  endpoint,
  query: '{ secret }',
  variables: { a: 1 },
  kind: 'query',
  rights: null,
}
const request = aContext({ requestId: 'secret-id' })

const NOTHING: MetricSources = {
  breakers: () => [],
  plansCached: () => 0,
  cachedBytes: () => 0,
  auditLog: () => null,
  certificates: () => [],
}

async function textAfter(act: (metrics: ReturnType<typeof createMetrics>) => unknown): Promise<string> {
  const metrics = createMetrics(NOTHING)
  await act(metrics)
  return (await metrics.expose()).text
}

it('names each metric of the table and those of the process', async () => {
  const { type, text } = await createMetrics(NOTHING).expose()
  expect(type).toMatch(/^text\/plain; version=0\.0\.4/)
  const ours = [...text.matchAll(/^# TYPE (istmo_\w+) (\w+)$/gm)].map(([, name, kind]) => [name, kind])
  expect(ours).toEqual(Object.values(METRICS).map((metric) => [metric.name, metric.type]))
  expect(text).toMatch(/^process_cpu_seconds_total \d/m)
})

it('counts requests by path, status and code, and their time', async () => {
  const text = await textAfter(({ noteRequest }) => {
    for (const seconds of [0.02, 3]) noteRequest({ route: '/graphql', status: 401, code: 'TOKEN_MISSING', seconds })
  })
  expect(text).toContain('istmo_requests_total{route="/graphql",status="401",code="TOKEN_MISSING"} 2\n')
  expect(text).toContain('istmo_request_duration_seconds_bucket{le="0.025",route="/graphql"} 1\n')
  expect(text).toContain('istmo_request_duration_seconds_sum{route="/graphql"} 3.02\n')
})

it('counts legs by country, domain and outcome, and by nothing else', async () => {
  const text = await textAfter(({ noteLeg }) => {
    noteLeg(leg, { reach: 'ANSWERED', code: null })
    noteLeg({ ...leg, country: null }, { reach: 'TIMED_OUT', code: 'LEG_DEADLINE' })
  })
  expect(text).toContain('istmo_legs_total{country="HN",domain="cases",reach="ANSWERED",code="NONE"} 1\n')
  expect(text).toContain('istmo_legs_total{country="",domain="cases",reach="TIMED_OUT",code="LEG_DEADLINE"} 1\n')
  expect(text).not.toMatch(/secret|10\.0\.0\.7/)
})

it('measures the time of legs and returns their answers', async () => {
  const answer = { kind: 'failed', outcome: { reach: 'UNAVAILABLE', code: 'CONNECTION' } } as const
  let seen: unknown
  const text = await textAfter(async ({ timeLegs }) => {
    seen = await timeLegs(async () => answer)(leg, request)
  })
  expect(seen).toBe(answer)
  expect(text).toContain('istmo_leg_duration_seconds_count{country="HN",domain="cases"} 1\n')
})

it('measures a leg in seconds, from its start to its answer', async () => {
  const text = await textAfter(async ({ timeLegs }) => {
    const clock = vi.spyOn(performance, 'now').mockReturnValueOnce(1_000).mockReturnValueOnce(1_250)
    await timeLegs(async () => ({ kind: 'answered', data: {}, errors: [] }))(leg, request)
    clock.mockRestore()
  })
  expect(text).toContain('istmo_leg_duration_seconds_sum{country="HN",domain="cases"} 0.25\n')
})

it('counts each request and each leg once, however often somebody reads', async () => {
  const metrics = createMetrics(NOTHING)
  const expectTimes = async (times: number): Promise<void> => {
    const { text } = await metrics.expose()
    expect(text).toContain(`istmo_requests_total{route="/graphql",status="200",code="NONE"} ${times}\n`)
    expect(text).toContain(`istmo_legs_total{country="HN",domain="cases",reach="ANSWERED",code="NONE"} ${times}\n`)
    expect(text).toContain(
      `istmo_legs_total{country="HN",domain="cases",reach="TIMED_OUT",code="LEG_DEADLINE"} ${times}\n`,
    )
  }
  for (const times of [1, 2]) {
    metrics.noteRequest({ route: '/graphql', status: 200, code: 'NONE', seconds: 0.1 })
    metrics.noteLeg(leg, ANSWERED)
    metrics.noteLeg(leg, { reach: 'TIMED_OUT', code: 'LEG_DEADLINE' })
    await expectTimes(times)
    await expectTimes(times)
  }
})

it('tells apart what differs in one label only', async () => {
  const text = await textAfter(async ({ noteRequest, noteLeg, timeLegs }) => {
    const asked: Omit<AnsweredRequest, 'requestId'> = {
      route: '/graphql',
      status: 400,
      code: 'BAD_CURSOR',
      seconds: 0.1,
    }
    const others: readonly Partial<AnsweredRequest>[] = [{ status: 404 }, { code: 'BAD_REQUEST' }, { route: 'unknown' }]
    for (const over of [{}, ...others]) noteRequest({ ...asked, ...over })
    const late = { reach: 'TIMED_OUT', code: 'LEG_DEADLINE' } as const
    const places: readonly Partial<Leg>[] = [{}, { domain: 'persons' }, { country: 'GT' }]
    for (const over of places) {
      noteLeg({ ...leg, ...over }, late)
      noteLeg({ ...leg, ...over }, ANSWERED)
      await timeLegs(async () => ({ kind: 'answered', data: {}, errors: [] }))({ ...leg, ...over }, request)
    }
    noteLeg(leg, { reach: 'TIMED_OUT', code: 'REQUEST_DEADLINE' })
  })
  const counted = [...text.matchAll(/^istmo_(?:requests|legs)_total\{.*\} (\d+)$/gm)].map(([, count]) => count)
  expect(counted).toEqual(Array.from({ length: 11 }, () => '1'))
  const timed = [...text.matchAll(/^istmo_leg_duration_seconds_count\{.*\} (\d+)$/gm)].map(([, count]) => count)
  expect(timed).toEqual(['1', '1', '1'])
})

it('counts jobs of the planning thread by who waits for them', async () => {
  const text = await textAfter(({ notePlanning }) => {
    notePlanning('plan', true)
    notePlanning('read', false)
  })
  expect(text).toContain('istmo_planning_jobs_total{kind="plan",payer="ahead"} 1\n')
  expect(text).toContain('istmo_planning_jobs_total{kind="read",payer="caller"} 1\n')
})

it.each([
  ['has none', null, [0, 0, 0]],
  ['cannot write it', { entries: 7, isWritable: false, unwitnessedSeconds: 30 }, [7, 0, 30]],
  ['can write it', { entries: 8, isWritable: true, unwitnessedSeconds: 0 }, [8, 1, 0]],
])('shows the audit log of a gateway that %s', async (_, reading, [entries, writable, unwitnessed]) => {
  const { text } = await createMetrics({ ...NOTHING, auditLog: () => reading }).expose()
  expect(text).toContain(`istmo_audit_log_entries ${entries}\n`)
  expect(text).toContain(`istmo_audit_log_writable ${writable}\n`)
  expect(text).toContain(`istmo_audit_log_unwitnessed_seconds ${unwitnessed}\n`)
})

it('counts reloads by their result', async () => {
  expect(await textAfter(({ noteReload }) => noteReload('refused'))).toContain(
    'istmo_graph_reloads_total{result="refused"} 1\n',
  )
})

it('counts planning threads that were ended by the reason', async () => {
  expect(await textAfter(({ notePlanningRestart }) => notePlanningRestart('DEADLINE'))).toContain(
    'istmo_planning_restarts_total{reason="DEADLINE"} 1\n',
  )
})

it('shows each breaker and the cached plans as they are when they are read, and nothing of a country that left', async () => {
  let breakers: readonly BreakerReading[] = [
    { country: 'GT', domain: 'cases', state: 'open' },
    { country: 'HN', domain: 'cases', state: 'half-open' },
  ]
  const metrics = createMetrics({
    ...NOTHING,
    breakers: () => breakers,
    plansCached: () => breakers.length,
    cachedBytes: () => 1_000 * breakers.length,
  })
  const before = (await metrics.expose()).text
  expect(before).toContain('istmo_breaker_state{country="GT",domain="cases"} 2\n')
  expect(before).toContain('istmo_breaker_state{country="HN",domain="cases"} 1\n')
  expect(before).toContain('istmo_plans_cached 2\n')
  expect(before).toContain('istmo_cached_bytes 2000\n')
  breakers = [{ country: 'HN', domain: 'cases', state: 'closed' }]
  const after = (await metrics.expose()).text
  expect(after).toContain('istmo_breaker_state{country="HN",domain="cases"} 0\n')
  expect(after).not.toContain('country="GT"')
})

it('shows the seconds until each certificate ends, and nothing of one that was renewed', async () => {
  let certificates = [{ use: 'client', subject: 'gateway', notAfter: Date.now() + 60_400 }]
  const metrics = createMetrics({ ...NOTHING, certificates: () => certificates })
  expect((await metrics.expose()).text).toMatch(
    /istmo_certificate_expiry_seconds\{use="client",subject="gateway"\} (60|59)\n/,
  )
  certificates = [{ use: 'server', subject: 'node', notAfter: Date.now() - 1_000 }]
  const { text } = await metrics.expose()
  expect(text).toMatch(/istmo_certificate_expiry_seconds\{use="server",subject="node"\} -1\n/)
  expect(text).not.toContain('subject="gateway"')
})
