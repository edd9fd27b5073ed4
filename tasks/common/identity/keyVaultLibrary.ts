// What is used of the library, so that a bundler can leave out the rest although this is loaded only when a key signs.
export { CryptographyClient, KeyClient } from '@azure/keyvault-keys';
