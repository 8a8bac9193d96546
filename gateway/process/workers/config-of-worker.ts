import { join } from 'node:path'
import { homeOfWorker } from '../../audit-log/worker-log.ts'
import type { GatewayConfig } from '../config.ts'

/**
 * Returns the settings of one worker: those of the gateway, with folders of its own below the gateway's for all that a process writes, and without
 * what the parent does.
 * @param port the port at which all workers listen.
 */
export function configOfWorker(config: GatewayConfig, number: number, port: number): GatewayConfig {
  const worker = { number, of: config.workers }
  const { auditLogFiles: files, suspensionsFolder: folder } = config
  return {
    ...config,
    port,
    worker,
    operatorListen: null,
    auditLogFiles: files && { ...files, folder: homeOfWorker(files.folder, number), worker },
    suspensionsFolder: folder && suspensionsOfWorker(folder, number),
  }
}

/** Returns the folder of what is suspended at a worker. */
export function suspensionsOfWorker(folder: string, number: number): string {
  return join(folder, 'workers', String(number))
}
