// Sends five audit records with one of OpenTelemetry's own exporters. Usage: node send.mjs http|proto URL
import { createRequire } from 'node:module';

const require = createRequire(process.cwd() + '/');
const { LoggerProvider, SimpleLogRecordProcessor } = require('@opentelemetry/sdk-logs');
const { resourceFromAttributes } = require('@opentelemetry/resources');
const [kind, url] = process.argv.slice(2);
const { OTLPLogExporter } = require(`@opentelemetry/exporter-logs-otlp-${kind}`);
const exporter = new OTLPLogExporter({ url, compression: kind === 'proto' ? 'gzip' : 'none' });
const provider = new LoggerProvider({
  resource: resourceFromAttributes({ 'service.name': 'shop', 'cloud.region': 'eu-1' }),
  processors: [new SimpleLogRecordProcessor({ exporter })],
});
const logger = provider.getLogger('audit', '1.0');
for (let i = 1; i <= 5; i++) {
  logger.emit({
    eventName: 'order.deleted',
    severityNumber: 9,
    severityText: 'INFO',
    body: { order: i, tags: ['a', 'b'] },
    attributes: { 'user.id': `u${i}`, 'user.name': 'alice', 'client.address': '192.0.2.7', 'http.response.status_code': 204, note: 'é', big: 9007199254740991 },
  });
}
await provider.forceFlush();
await provider.shutdown();
