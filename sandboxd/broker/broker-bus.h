/* broker-bus: the name and the object on the bus, calls coming in, signals going out.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "sandboxd/broker/broker-zones.h"

/* Connects to the system bus. False after saying why. */
bool broker_bus_init(Broker *broker);
/* Asks for the name, once the monitor said what the policy is: nobody is refused for our being early. */
void broker_bus_own(Broker *broker);
/* Tells the owner's connections, and root's. */
void broker_bus_changed(BrokerZone *zone);
