/* cli-doctor-probe: what this machine has of what zones need.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include <stdbool.h>
#include <stddef.h>

typedef enum CliProbeState { CLI_PROBE_PRESENT = 0, CLI_PROBE_SUBSTITUTED, CLI_PROBE_MISSING } CliProbeState;

typedef struct CliProbe {
        int root;         /* directory descriptor of "/" (or of a tree that stands in for it in tests) */
        int landlock_abi; /* 0 = none; asked by system call, so the caller fills it */
        char detail[160]; /* figures and names for the row, "" = none */
} CliProbe;

typedef struct CliProbeRow {
        const char *id;
        bool essential;          /* without it no zone starts */
        CliProbeState (*probe)(CliProbe *probe, const char *argument);
        const char *argument;
        const char *title;       /* the texts are marked for translation; NULL where the state cannot occur */
        const char *substituted, *missing; /* what that costs */
        const char *fix;
} CliProbeRow;

extern const CliProbeRow cli_doctor_rows[];
extern const size_t cli_doctor_n_rows;

/* Landlock's ABI of the running kernel. */
int cli_probe_landlock_abi(void);

CliProbeState cli_probe_kernel(CliProbe *probe, const char *argument);
CliProbeState cli_probe_userns_switch(CliProbe *probe, const char *argument);
CliProbeState cli_probe_userns_count(CliProbe *probe, const char *argument);
CliProbeState cli_probe_overlay(CliProbe *probe, const char *argument);
CliProbeState cli_probe_seccomp(CliProbe *probe, const char *argument);
CliProbeState cli_probe_landlock(CliProbe *probe, const char *argument);
CliProbeState cli_probe_memfd(CliProbe *probe, const char *argument);
CliProbeState cli_probe_noswap(CliProbe *probe, const char *argument);
CliProbeState cli_probe_cgroup2(CliProbe *probe, const char *argument);
CliProbeState cli_probe_controller(CliProbe *probe, const char *argument); /* argument: "memory", "pids", "cpu" */
CliProbeState cli_probe_cgroup_kill(CliProbe *probe, const char *argument);
CliProbeState cli_probe_apparmor(CliProbe *probe, const char *argument);
CliProbeState cli_probe_profile(CliProbe *probe, const char *argument);   /* argument: the profile's name */
CliProbeState cli_probe_any(CliProbe *probe, const char *argument);       /* argument: paths, separated by spaces; one is enough */
CliProbeState cli_probe_core(CliProbe *probe, const char *argument);
CliProbeState cli_probe_swap(CliProbe *probe, const char *argument);
CliProbeState cli_probe_uids(CliProbe *probe, const char *argument);
