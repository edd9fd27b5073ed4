// Loaded by Node before the packaged task, to stand in for name resolution: connections to port 443 of any host
// arrive at a port of this machine. Certificates are still checked against the real names.
const net = require('node:net');

const port = Number(process.env['MAP_CONNECTIONS_TO']);
const connect = net.Socket.prototype.connect;

/** @this {import('node:net').Socket} @param {any[]} given */
net.Socket.prototype.connect = function (...given) {
  // Node's own callers pass options and callback as one marked array; the mark is a symbol and stays.
  const options = Array.isArray(given[0]) ? given[0][0] : given[0];
  if (options && typeof options === 'object' && Number(options.port) === 443) Object.assign(options, { host: '127.0.0.1', port });
  return Reflect.apply(connect, this, given);
};
