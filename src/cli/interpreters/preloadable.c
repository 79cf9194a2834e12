/* SPDX-License-Identifier: MIT */
#include "cli/interpreters/preloadable.h"

#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

enum { OWN_CLASS = sizeof(void *) == 8 ? ELFCLASS64 : ELFCLASS32 };

/* The dynamic loader, which preloads, is what a program names as its "interpreter". */
static bool has_loader(int file, const ElfW(Ehdr) * header)
{
    for (int i = 0; i < header->e_phnum; i++) {
        ElfW(Phdr) segment;
        off_t at = (off_t)(header->e_phoff + (size_t)i * header->e_phentsize);
        if (pread(file, &segment, sizeof segment, at) != sizeof segment)
            return false;
        if (segment.p_type == PT_INTERP)
            return true;
    }
    return false;
}

static const char *obstacle_in_file(int file)
{
    ElfW(Ehdr) header;
    struct stat info;
    if (fstat(file, &info) != 0 || pread(file, &header, sizeof header, 0) != sizeof header ||
        memcmp(header.e_ident, ELFMAG, SELFMAG) != 0)
        return "is no ELF program";
    if (info.st_mode & (S_ISUID | S_ISGID))
        return "is setuid or setgid, and nothing can be preloaded into such a program";
    if (fgetxattr(file, "security.capability", NULL, 0) > 0)
        return "has file capabilities, and nothing can be preloaded into such a program";
    if (header.e_ident[EI_CLASS] != OWN_CLASS)
        return "is built for another word size than pyperf";
    if (!has_loader(file, &header))
        return "is statically linked, and nothing can be preloaded into such a program";
    return NULL;
}

const char *preload_obstacle(const char *program)
{
    int file = open(program, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return "cannot be read, so that nobody can tell whether a recorder fits";
    const char *obstacle = obstacle_in_file(file);
    close(file);
    return obstacle;
}
