/** The pure parts of provider vsphere: XML, SOAP, faults, settings, names, machines. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isProviderError, type OptionValues, type PodVmSpec } from '@peerpods/provider';
import fc from 'fast-check';
import { cloneArguments } from './clone-request.ts';
import { faultOf, translateFault, translateStatus } from './errors.ts';
import { identityOf, isInstanceUuid, marksOf, mayBeOurs, parseMarks } from './identity.ts';
import { machineOf, podVmOf } from './machine.ts';
import { vsphereSettings } from './options.ts';
import { answerOf, envelope, type Reference, referenceOf, serviceInstance, VimFault } from './soap.ts';
import { childOf, childrenOf, escapeXml, openXmlReader, text, textOf } from './xml.ts';

const read = await openXmlReader();
const xsi = 'http://www.w3.org/2001/XMLSchema-instance';

const spec: PodVmSpec = {
  sandboxId: 'a'.repeat(64),
  name: 'podvm-web-aaaaaaaa',
  podName: 'web',
  podNamespace: 'default',
  owner: { cluster: 'c', node: 'n' },
  userData: '#cloud-config\n',
  sizing: {},
};

describe('XML', () => {
  it('gives back any text that it can say at all', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        const speakable = value
          .toWellFormed()
          // biome-ignore lint/suspicious/noControlCharactersInRegex: XML has no way to say these
          .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '')
          .replaceAll(/\r\n?/g, '\n');
        const said = `<a>${escapeXml(value.toWellFormed().replaceAll(/\r\n?/g, '\n'))}</a>`;
        assert.equal(read(said).text, speakable);
      }),
    );
  });

  it('finds xsi:type under any prefix, declared anywhere above, and leaves the plain type alone', () => {
    const found = read(
      `<r xmlns:q="${xsi}"><obj type="Task" q:type="ns:ManagedObjectReference">task-1</obj><o xmlns:q="other" q:type="no"/></r>`,
    );
    const [obj, other] = found.children;
    assert.equal(obj?.xsiType, 'ManagedObjectReference');
    assert.deepEqual(referenceOf(obj), { type: 'Task', value: 'task-1' });
    assert.equal(other?.xsiType, undefined);
  });

  it('keeps numbers and blanks as text, and reads CDATA and numeric entities', () => {
    assert.equal(read('<a> 007 </a>').text, ' 007 ');
    assert.equal(read('<a>&#65;&#x42;<![CDATA[<c>]]>&amp;lt;</a>').text, 'AB<c>&lt;');
  });

  it('refuses what is not well-formed, has entities of its own, or nests without end', () => {
    for (const wrong of ['', 'text', '<a>', '<a><b></a>']) assert.throws(() => read(wrong));
    assert.throws(() => read('<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>'), /document type/);
    assert.throws(() => read(`${'<a>'.repeat(99)}${'</a>'.repeat(99)}`));
  });
});

const soap = (inside: string) =>
  `<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/" xmlns:x="${xsi}"><e:Body>${inside}</e:Body></e:Envelope>`;

describe('SOAP', () => {
  it('names the method, the object and nothing twice', () => {
    const sent = read(envelope('Login', serviceInstance, text('userName', 'a<b')));
    const method = childOf(sent, 'Body', 'Login');
    assert.deepEqual(referenceOf(childOf(method, '_this')), serviceInstance);
    assert.equal(textOf(method, 'userName'), 'a<b');
  });

  it('tells a fault by its class, and keeps its detail', () => {
    const body = soap(
      '<e:Fault><faultcode>S</faultcode><faultstring>exists</faultstring><detail><DuplicateNameFault x:type="DuplicateName">' +
        '<object type="VirtualMachine">vm-7</object></DuplicateNameFault></detail></e:Fault>',
    );
    assert.throws(
      () => answerOf(body, read),
      (error) => {
        assert.ok(error instanceof VimFault);
        assert.equal(error.type, 'DuplicateName');
        assert.equal(referenceOf(childOf(error.detail, 'object'))?.value, 'vm-7');
        return true;
      },
    );
  });

  it('does not take a gateway page, or an answer cut short, for SOAP', () => {
    for (const other of ['<html><body>502</body></html>', 'upstream error', soap('<a/>').slice(0, 80)]) {
      assert.equal(answerOf(other, read), undefined);
    }
  });
});

describe('faults', () => {
  it('become what callers can act upon; unknown ones may pass', () => {
    const codeOf = (type: string) => translateFault(new VimFault(type, ''), 'x').code;
    assert.equal(codeOf('InsufficientMemoryResourcesFault'), 'no-capacity');
    assert.equal(codeOf('NoPermission'), 'auth');
    assert.equal(codeOf('InvalidArgument'), 'invalid-configuration');
    assert.equal(codeOf('ManagedObjectNotFound'), 'not-found');
    assert.equal(codeOf('SomethingNewInVcenter10'), 'transient');
    const translated = translateFault(new VimFault('HostNotConnected', ''), 'x');
    assert.equal(translated.scope, 'zone');
    assert.equal(faultOf(translated)?.type, 'HostNotConnected');
  });

  it('HTTP statuses without SOAP do too', () => {
    assert.deepEqual(
      [translateStatus(503, 2000, 'x').code, translateStatus(503, 2000, 'x').retryAfterMs],
      ['throttled', 2000],
    );
    assert.equal(translateStatus(503, undefined, 'x').code, 'transient');
    assert.equal(translateStatus(404, undefined, 'x').code, 'invalid-configuration');
    assert.equal(translateStatus(200, undefined, 'x').code, 'transient');
  });
});

describe('settings', () => {
  const values: OptionValues = {
    'vcenter-url': 'vc.example',
    'user-name': 'u',
    password: 'p',
    'data-center': 'DC',
    host: ['h'],
    'data-store': ['d'],
  };
  const refused = (more: OptionValues, message: RegExp) =>
    assert.throws(
      () => vsphereSettings({ ...values, ...more }),
      (error) => isProviderError(error, 'invalid-configuration') && message.test(error.message),
    );

  it('take a URL as govc does, and credentials from it never', () => {
    assert.equal(vsphereSettings(values).url.href, 'https://vc.example/sdk');
    assert.equal(vsphereSettings({ ...values, 'vcenter-url': 'http://a:b@vc:8989/x' }).url.href, 'http://vc:8989/x');
    refused({ 'vcenter-url': 'ftp://vc' }, /https and http/);
    refused({ 'vcenter-url': 'https://[' }, /no URL/);
  });

  it('need hosts and datastores, or DRS with a cluster, in any spelling of true', () => {
    refused({ host: [] }, /-host/);
    refused({ drs: 'TRUE' }, /needs -cluster/);
    refused({ drs: 'maybe' }, /neither true nor false/);
    assert.equal(vsphereSettings({ ...values, host: [], 'data-store': [], drs: 'TRUE', cluster: 'c' }).drs, true);
  });

  it('name what is missing, and take thumbprints with colons and without', () => {
    refused({ password: '' }, /-password \(GOVC_PASSWORD\) is required/);
    refused({ thumbprint: 'ab:cd' }, /neither a SHA-1 nor a SHA-256/);
    const sha1 = Array.from({ length: 20 }, () => 'AB').join(':');
    assert.equal(vsphereSettings({ ...values, thumbprint: sha1 }).trust.thumbprint, 'ab'.repeat(20));
    refused({ 'vcenter-ca-file': '/no/such/file' }, /cannot be read/);
  });
});

describe('names and marks', () => {
  it('are the same for the same sandbox, and differ with the cluster', () => {
    const one = identityOf(spec);
    assert.deepEqual(identityOf({ ...spec }), one);
    assert.ok(isInstanceUuid(one.id) && mayBeOurs(one.vmName));
    assert.match(one.id, /^.{14}8.{4}[89ab]/);
    const other = identityOf({ ...spec, owner: { cluster: 'd', node: 'n' } });
    assert.notEqual(other.id, one.id);
    assert.notEqual(other.vmName, one.vmName);
    assert.ok(identityOf({ ...spec, name: `podvm-${'x'.repeat(100)}` }).vmName.length <= 80);
  });

  it('come back from extraConfig as they went in, among whatever else is there', () => {
    const foreign = { 'guestinfo.userdata': 'secret', 'svga.present': 'TRUE' };
    const options = Object.entries({ ...foreign, ...marksOf(spec) }).map(
      ([key, value]) => `<OptionValue><key>${key}</key><value>${escapeXml(value)}</value></OptionValue>`,
    );
    const marks = parseMarks(read(`<val>${options.join('')}</val>`));
    assert.deepEqual(marks, { owner: spec.owner, sandboxId: spec.sandboxId, name: spec.name });
    assert.equal(parseMarks(read('<val/>')), undefined);
  });
});

describe('the request of a clone', () => {
  const template = { reference: { type: 'VirtualMachine', value: 'vm-1' }, coresPerSocket: 2, snapshot: undefined };
  const folder: Reference = { type: 'Folder', value: 'group-1' };
  const requested = (sizing: PodVmSpec['sizing']) => {
    const sized = { ...spec, sizing };
    const request = { spec: sized, identity: identityOf(sized), template, folder, storagePolicy: undefined };
    const place = { pool: undefined, host: undefined, datastore: undefined };
    return childOf(read(`<r xmlns:xsi="${xsi}" xmlns:xsd="x">${cloneArguments(request, place)}</r>`), 'spec', 'config');
  };

  it('rounds the size up, and keeps sockets whole', () => {
    const odd = requested({ vcpus: 2.2, memoryMiB: 1021 });
    assert.deepEqual(
      ['numCPUs', 'numCoresPerSocket', 'memoryMB'].map((name) => textOf(odd, name)),
      ['3', '1', '1024'],
    );
    const even = requested({ vcpus: 4 });
    assert.deepEqual(
      ['numCPUs', 'numCoresPerSocket', 'memoryMB'].map((name) => textOf(even, name)),
      ['4', undefined, undefined],
    );
    assert.equal(childrenOf(requested({ vcpus: 0, memoryMiB: 0 }), 'numCPUs').length, 0);
  });
});

describe('a machine', () => {
  const nic = (key: number, ...addresses: readonly string[]) =>
    `<GuestNicInfo><deviceConfigId>${key}</deviceConfigId>${addresses.map((one) => `<ipAddress>${one}</ipAddress>`).join('')}</GuestNicInfo>`;
  const machine = (net: string, power = 'poweredOn') =>
    machineOf(
      { type: 'VirtualMachine', value: 'vm-1' },
      new Map([
        ['config.instanceUuid', read(`<val>${identityOf(spec).id.toUpperCase()}</val>`)],
        ['runtime.powerState', read(`<val>${power}</val>`)],
        ['guest.net', read(`<val>${net}</val>`)],
      ]),
    );

  it('is reached by one address of each of its interfaces, in their order, IPv4 first', () => {
    const net =
      nic(4001, '10.0.0.2') + nic(-1, '172.17.0.1') + nic(4000, 'fe80::1', '2001:db8::1', '169.254.1.1', '10.0.0.1');
    assert.deepEqual(machine(net).addresses, ['10.0.0.1', '10.0.0.2']);
    assert.deepEqual(machine(nic(4000, 'fe80::1', '2001:db8::1')).addresses, ['2001:db8::1']);
    assert.deepEqual(machine(nic(4000, '127.0.0.1', '::1', '0.0.0.0', 'nonsense')).addresses, []);
  });

  it('runs only when it is on and has an address', () => {
    const marks = { owner: spec.owner, sandboxId: spec.sandboxId, name: spec.name };
    const state = (...[net, power]: Parameters<typeof machine>) => podVmOf(machine(net, power), marks, false)?.state;
    assert.equal(state(nic(4000, '10.0.0.1')), 'running');
    assert.equal(state(''), 'creating');
    assert.equal(state(nic(4000, '10.0.0.1'), 'poweredOff'), 'creating');
    assert.equal(podVmOf(machine(''), marks, true)?.state, 'deleting');
  });
});
