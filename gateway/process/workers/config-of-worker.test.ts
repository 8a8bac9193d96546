import { describe, expect, it } from 'vitest'
import { readGatewayConfig } from '../config.ts'
import { configOfWorker } from './config-of-worker.ts'

const FLAGS = {
  ...{ supergraph: 'supergraph.graphql', anonymous: true, workers: '3', operatorListen: '127.0.0.1:9464' },
  ...{ auditLogDir: '/log', auditLogKey: '/key', auditLogRefKeys: '/refs', suspensions: '/stop' },
}

describe('the settings of a worker', () => {
  const config = readGatewayConfig(FLAGS, {})

  it('are those of the gateway, but for what it writes, its number and what the parent does', () => {
    const { worker, port, operatorListen, auditLogFiles, suspensionsFolder, ...same } = configOfWorker(config, 2, 4_711)
    expect({ worker, port, operatorListen, suspensionsFolder }).toEqual({
      ...{ worker: { number: 2, of: 3 }, port: 4_711, operatorListen: null, suspensionsFolder: '/stop/workers/2' },
    })
    expect(auditLogFiles).toEqual({ ...config.auditLogFiles, folder: '/log/workers/2', worker: { number: 2, of: 3 } })
    expect(config).toMatchObject(same)
  })

  it('share no folder into which they write', () => {
    const folders = [1, 2, 3].flatMap((number) => {
      const { auditLogFiles, suspensionsFolder } = configOfWorker(config, number, 1)
      return [auditLogFiles?.folder, suspensionsFolder]
    })
    expect(new Set(folders).size).toBe(6)
  })

  it('can be sent to another process', () => {
    const sent = configOfWorker(config, 1, 1)
    expect(structuredClone(sent)).toEqual(sent)
  })
})
