// Where the source of Highway is that a prebuilt binary links statically.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** The version of libhwy-dev, where Debian's package manager has installed it. */
function debianVersion() {
  const query = ['-W', '-f', '${source:Version}', 'libhwy-dev'];
  const { status, stdout } = spawnSync('dpkg-query', query, { encoding: 'utf8' });
  return status === 0 ? stdout : undefined;
}

/**
 * Lets apt-get find source packages in the archives that this machine has its packages from, without
 * a change to the machine's own lists.
 */
function aptWithSources(folder) {
  const format = '$(ORIGIN) deb-src $(REPO_URI) $(RELEASE) $(COMPONENT)';
  const archives = execFileSync(
    'apt-get',
    ['indextargets', '--format', format, 'Created-By: Packages'],
    { encoding: 'utf8' },
  );
  const distributions = /^(Debian|Ubuntu) /;
  const list = path.join(folder, 'sources.list');
  const lines = archives.split('\n').filter((line) => distributions.test(line));
  writeFileSync(list, lines.map((line) => `${line.replace(distributions, '')}\n`).join(''));
  const lists = path.join(folder, 'lists');
  mkdirSync(path.join(lists, 'partial'), { recursive: true });
  const settings = {
    'Dir::Etc::sourcelist': list,
    'Dir::Etc::sourceparts': '-',
    'Dir::State::lists': lists,
    'APT::Sandbox::User': 'root',
  };
  const options = Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
  return (...command) => {
    execFileSync('apt-get', ['--quiet', ...options, ...command], { cwd: folder, stdio: 'inherit' });
  };
}

/**
 * The folder of Highway's source: on Debian that of the version the addon is otherwise linked with,
 * from Debian (apt-get and dpkg-dev); elsewhere undefined, and CMake downloads the release that
 * CMakeLists.txt pins.
 */
export function highwaySource(folder) {
  const version = debianVersion();
  if (version === undefined) return undefined;
  const source = path.join(folder, `highway-${version}`);
  if (!existsSync(source)) {
    mkdirSync(folder, { recursive: true });
    const apt = aptWithSources(folder);
    apt('update');
    apt('source', '--download-only', `highway=${version}`);
    const description = path.join(folder, `highway_${version}.dsc`);
    execFileSync('dpkg-source', ['--extract', description, source], { stdio: 'inherit' });
  }
  return source;
}
