/**
 * The package systeminformation, in the one place that imports it. It takes ten megabytes and starts processes for most answers,
 * so this is imported only on platforms without `/proc`, and by the inventory's own short-lived process.
 */
import si from 'systeminformation';

export { si };
