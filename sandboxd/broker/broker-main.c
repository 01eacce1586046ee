/* broker-main: the broker: talks to everyone, holds nothing.
 * Runs as: broker.  Input: 3 = socket to the monitor, 4 = the receipt log.  Must not: keep a capability, open a path of a client.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/base-drop.h"
#include "base/base-filter.h"
#include "sandboxd/broker/broker-bus.h"
#include "sandboxd/broker/broker-clients.h"
#include "sandboxd/broker/broker-monitor.h"
#include "sandboxd/broker/broker-seat.h"
#include "sandboxd/filter/broker-filter.h"
#include <fcntl.h>
#include <sys/resource.h>

#define MONITOR_FD 3
#define RECEIPTS_FD 4
#define MAX_FILES 8192 /* waiting calls with four descriptors each, and the zones' sockets */

static void raise_files(void) {
        struct rlimit files;

        if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur < MAX_FILES) {
                files.rlim_cur = files.rlim_max < MAX_FILES ? files.rlim_max : MAX_FILES;
                setrlimit(RLIMIT_NOFILE, &files);
        }
}

int main(void) {
        Broker broker = { .receipts = RECEIPTS_FD };

        base_drop_common();
        base_drop_all();
        base_close_from(RECEIPTS_FD + 1);
        raise_files();
        if (fcntl(MONITOR_FD, F_SETFD, FD_CLOEXEC) < 0 || fcntl(RECEIPTS_FD, F_SETFD, FD_CLOEXEC) < 0) {
                g_printerr("broker: started without its descriptors: only the monitor starts it\n");
                return 2;
        }
        if (base_filter_install(broker_filter, sizeof broker_filter / sizeof *broker_filter, 0) < 0)
                return 1;
        broker.loop = g_main_loop_new(NULL, FALSE);
        broker.zones = broker_zones_new();
        broker.clients = broker_clients_new();
        if (!broker_bus_init(&broker))
                return 1;
        broker_seat_init(&broker);
        broker_monitor_init(&broker, MONITOR_FD);
        g_main_loop_run(broker.loop);
        /* The zones end when their sockets close. The bus answers the calls that still wait, because the process ends here. */
        broker_zones_free(broker.zones);
        broker_clients_free(broker.clients);
        broker_monitor_done(&broker);
        g_main_loop_unref(broker.loop);
        return broker.exit_status;
}
