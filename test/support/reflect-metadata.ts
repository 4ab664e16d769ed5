/** The two metadata look-ups that @peculiar/x509's injector insists on; nothing registers any, so both find none. */

if (!('getMetadata' in Reflect)) {
  Object.assign(Reflect, { getMetadata: () => undefined, getOwnMetadata: () => undefined });
}

export {};
