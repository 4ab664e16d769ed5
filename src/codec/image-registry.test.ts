import assert from 'node:assert/strict';
import { test } from 'node:test';
import { imageSource, isForImage } from './image-registry.ts';

test('an image names its registry, or is of Docker Hub', () => {
  const cases: Record<string, [string, string]> = {
    nginx: ['docker.io', 'library/nginx'],
    'nginx:1.27': ['docker.io', 'library/nginx'],
    'user/app:v1': ['docker.io', 'user/app'],
    'index.docker.io/nginx': ['docker.io', 'library/nginx'],
    'registry.example.org/team/app:v1@sha256:abc': ['registry.example.org', 'team/app'],
    'registry.example.org:5000/app': ['registry.example.org:5000', 'app'],
    'localhost/app': ['localhost', 'app'],
    'localhost:5000/a/b:c': ['localhost:5000', 'a/b'],
    '': ['docker.io', 'library/'],
  };
  for (const [image, [host, path]] of Object.entries(cases))
    assert.deepEqual(imageSource(image), { host, path }, image);
});

test('entries of pull secrets match as those of the kubelet do', () => {
  const matching: [string, string][] = [
    ['registry.example.org', 'registry.example.org/team/app'],
    ['https://registry.example.org', 'registry.example.org/app'],
    ['registry.example.org/team', 'registry.example.org/team/app:v1'],
    ['registry.example.org/team/', 'registry.example.org/team/app'],
    ['registry.example.org/team/app', 'registry.example.org/team/app'],
    ['*.example.org', 'registry.example.org/app'],
    ['reg*y.*.org:5000', 'registry.example.org:5000/app'],
    ['*a*b*.org', 'xaxbx.org/app'],
    ['https://index.docker.io/v1/', 'nginx'],
    ['docker.io', 'user/app'],
    ['docker.io/user', 'user/app'],
  ];
  for (const [key, image] of matching) assert.equal(isForImage(key, imageSource(image)), true, `${key} ${image}`);
  const others: [string, string][] = [
    ['registry.example.org', 'other.example.org/app'],
    ['example.org', 'registry.example.org/app'],
    ['*.org', 'registry.example.org/app'],
    ['registry.example.org:5000', 'registry.example.org/app'],
    ['*.example.org', 'registry.example.org:5000/app'],
    ['registry.example.org/tea', 'registry.example.org/team/app'],
    ['registry.example.org/v1', 'other/app'],
    ['*a*b*.org', 'xbxax.org/app'],
    ['aa*aa.org', 'aaa.org/app'],
    ['https://index.docker.io/v1/', 'registry.example.org/nginx'],
    ['', 'nginx'],
  ];
  for (const [key, image] of others) assert.equal(isForImage(key, imageSource(image)), false, `${key} ${image}`);
});
