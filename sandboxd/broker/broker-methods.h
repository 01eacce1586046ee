/* broker-methods: the interface's methods, each after broker-auth allowed it.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "sandboxd/broker/broker.h"
#include <stdbool.h>

/* Runs an allowed call: answers it, fails it, or lets it wait. */
void broker_methods_run(BrokerCall *call);
/* For the test that walks the interface. */
bool broker_methods_known(const char *method);
