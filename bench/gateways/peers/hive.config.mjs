/** Hive Gateway without what answers two equal requests at once, since the bench asks no two equal ones. */
export const gatewayConfig = {
  inboundInflightRequestDeduplication: false,
  logging: 'error',
}
