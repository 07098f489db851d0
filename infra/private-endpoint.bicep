metadata description = 'One private endpoint, and the DNS zone that makes its service\'s name lead to it.'

@description('Name of the endpoint.')
param name string

@description('Region.')
param location string

@description('Resource that is reached through it.')
param serviceId string

@description('Which of its services, for instance blob.')
param groupId string

@description('Name of the private DNS zone.')
param zoneName string

@description('Resource id of the network that asks the zone.')
param networkId string

@description('Resource id of the subnet.')
param subnetId string

@description('Tags.')
param tags object

resource zone 'Microsoft.Network/privateDnsZones@2024-06-01' = {
  name: zoneName
  location: 'global'
  tags: tags

  resource link 'virtualNetworkLinks' = {
    name: 'auditor'
    location: 'global'
    tags: tags
    properties: {
      registrationEnabled: false
      virtualNetwork: { id: networkId }
    }
  }
}

resource endpoint 'Microsoft.Network/privateEndpoints@2024-07-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    subnet: { id: subnetId }
    privateLinkServiceConnections: [
      {
        name: groupId
        properties: {
          privateLinkServiceId: serviceId
          groupIds: [groupId]
        }
      }
    ]
  }

  resource names 'privateDnsZoneGroups' = {
    name: 'default'
    properties: {
      privateDnsZoneConfigs: [
        {
          name: groupId
          properties: { privateDnsZoneId: zone.id }
        }
      ]
    }
  }
}
