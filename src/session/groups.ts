/** The control groups by which Linux limits a process or a container, from the system's files. */
import { readFileSync } from 'node:fs';
import { dirname, posix } from 'node:path';

/** The text of a file; null if it does not exist, as on systems other than Linux. */
export type ReadText = (path: string) => string | null;

/** Folders of the control groups that can limit what this process uses, and of all groups that contain them. */
export function groupFolders(read: ReadText, controller: 'cpu' | 'memory'): string[] {
  return foldersOf(read('/proc/self/cgroup') ?? '', read('/proc/self/mountinfo') ?? '', controller);
}

/**
 * @param membership lines `id:controllers:path`; cgroup v2 has no controllers there
 * @param mounts lines of /proc/self/mountinfo; a mount shows the groups below its root
 */
function foldersOf(membership: string, mounts: string, wanted: string): string[] {
  const groups = membership.split('\n').map(line => line.split(':'));
  return mounts.split('\n').flatMap(line => {
    const [place, source] = line.split(' - ').map(part => part.split(' '));
    const [type, , controllers] = source ?? [];
    const controller = type === 'cgroup2' ? '' : wanted;
    if (type !== 'cgroup2' && !(type === 'cgroup' && controllers?.split(',').includes(wanted))) return [];
    const group = groups.find(([, names]) => names?.split(',').includes(controller));
    const [root, point] = [place![3]!, place![4]!];
    const path = posix.relative(root, group?.slice(2).join(':') || root);
    return withParents(path.startsWith('..') ? point : posix.join(point, path), point);
  });
}

function withParents(folder: string, top: string): string[] {
  return folder === top ? [top] : [folder, ...withParents(dirname(folder), top)];
}

export function readSystem(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
