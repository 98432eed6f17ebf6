// A certified OpenID Connect provider that gives access tokens as JWTs to its one client. Prints its address.
import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import Provider from 'oidc-provider';

const [clientId, clientSecret] = process.argv.slice(2);

function key(kid, type, options, alg) {
  const { privateKey } = generateKeyPairSync(type, options);
  return { ...privateKey.export({ format: 'jwk' }), kid, alg, use: 'sig' };
}

const server = createServer();
server.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [{ client_id: clientId, client_secret: clientSecret, grant_types: ['client_credentials'], redirect_uris: [], response_types: [] }],
    jwks: { keys: [key('rsa', 'rsa', { modulusLength: 2048 }, 'RS256'), key('ec', 'ec', { namedCurve: 'P-256' }, 'ES256')] },
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      resourceIndicators: {
        enabled: true,
        // urn:<audience>:<algorithm>
        getResourceServerInfo: (_, resource) => {
          const [, audience, alg] = resource.split(':');
          return { scope: 'audit', audience, accessTokenFormat: 'jwt', accessTokenTTL: 600, jwt: { sign: { alg } } };
        },
      },
    },
  });
  server.on('request', provider.callback());
  console.log(issuer);
});
